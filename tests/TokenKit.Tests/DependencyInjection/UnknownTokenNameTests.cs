using Microsoft.Extensions.DependencyInjection;

namespace TokenKit.Tests;

/// <summary>A name that nobody registered is found when the program starts, with the one that was meant.</summary>
public sealed class UnknownTokenNameTests
{
    [Fact]
    public async Task A_handler_for_a_misspelt_token_stops_the_start_and_names_the_one_that_was_meant() =>
        (await StartedProgram.FaultOfAsync(services =>
        {
            services.AddHttpClient("api").AddTokenRefreshHandler("crn");
            Add(services, "crm", "erp");
        })).Should().Be("""
            HTTP client 'api' needs token 'crn', and no token of that name is registered; did you mean 'crm'? Correct AddTokenRefreshHandler("crn"), or call services.AddTokenRefresh("crn", …) in application start-up code.
            """);

    [Fact]
    public async Task A_handler_for_a_token_of_no_like_name_is_told_the_names_there_are() =>
        (await StartedProgram.FaultOfAsync(services =>
        {
            services.AddHttpClient("api").AddTokenRefreshHandler("warehouse");
            Add(services, "erp", "crm");
        })).Should().Be("""
            HTTP client 'api' needs token 'warehouse', and no token of that name is registered; there are crm, erp. Correct AddTokenRefreshHandler("warehouse"), or call services.AddTokenRefresh("warehouse", …) in application start-up code.
            """);

    [Fact]
    public async Task Of_many_names_ten_are_listed() =>
        (await StartedProgram.FaultOfAsync(services =>
        {
            services.AddHttpClient("api").AddTokenRefreshHandler("warehouse");
            Add(services, [.. Enumerable.Range(10, 15).Select(static number => $"t{number}")]);
        })).Should().Be("""
            HTTP client 'api' needs token 'warehouse', and no token of that name is registered; there are t10, t11, t12, t13, t14, t15, t16, t17, t18, t19 and 5 more. Correct AddTokenRefreshHandler("warehouse"), or call services.AddTokenRefresh("warehouse", …) in application start-up code.
            """);

    [Fact]
    public async Task A_handler_without_any_registration_stops_the_start() =>
        (await StartedProgram.FaultOfAsync(static services => services.AddHttpClient("api").AddTokenRefreshHandler("crm"))).Should().Be("""
            HTTP client 'api' needs token 'crm', and no token is registered at all. Call services.AddTokenRefresh("crm", …) in application start-up code.
            """);

    [Fact]
    public async Task Every_client_with_an_unknown_token_is_named_beside_the_other_faults() =>
        (await StartedProgram.FaultOfAsync(
            services =>
            {
                services.AddHttpClient("orders").AddTokenRefreshHandler("crn");
                services.AddHttpClient("stock").AddTokenRefreshHandler("epr");
                Add(services, "crm", "erp");
                services.AddTokenRefresh("shop", static options => (options.Grant, options.TokenEndpoint, options.Client) =
                    ("refresh_token", "https://login.example.com/token", new() { Id = "a", Secret = "b" }));
            },
            environment: "Production")).Split('\n').Select(static line => line.Split(';')[0].Split(',')[0]).Should().Equal(
                "Token 'shop' is renewed by a refresh token",
                "HTTP client 'orders' needs token 'crn'",
                "HTTP client 'stock' needs token 'epr'");

    [Fact]
    public void Creating_the_client_without_a_host_says_the_same()
    {
        var services = new ServiceCollection();
        services.AddHttpClient("api").AddTokenRefreshHandler("crn");
        Add(services, "crm");
        using var provider = services.BuildServiceProvider();

        var create = () => provider.GetRequiredService<IHttpClientFactory>().CreateClient("api");

        create.Should().Throw<InvalidOperationException>().WithMessage("""
            HTTP client 'api' needs token 'crn', and no token of that name is registered; did you mean 'crm'? Correct AddTokenRefreshHandler("crn"), or call services.AddTokenRefresh("crn", …) in application start-up code.
            """);
    }

    private static void Add(IServiceCollection services, params string[] names)
    {
        foreach (var name in names)
        {
            services.AddTokenRefresh(name, static options => (options.Grant, options.TokenEndpoint, options.Client) =
                ("client_credentials", "https://login.example.com/token", new() { Id = "a", Secret = "b" }));
        }
    }
}
