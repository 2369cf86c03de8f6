using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace TokenKit.Tests;

/// <summary>A permission for a token that nobody registered would grant nothing, and nobody would notice.</summary>
public sealed class UnknownTokenTests
{
    [Fact]
    public async Task A_permission_for_a_misspelt_token_stops_the_start_and_names_the_one_that_was_meant() =>
        (await FaultAsync(static services =>
        {
            services.AddTokenPermissions(static permissions => permissions.AddToken("crn", token => token.Update.Roles.Add("operator")));
            AddCrm(services);
        })).Should().Be(
            "AddTokenPermissions grants for token 'crn', and no token of that name is registered; did you mean 'crm'? Correct the name, or call services.AddTokenRefresh(\"crn\", …) in application start-up code.");

    [Fact]
    public async Task A_permission_in_configuration_is_judged_beside_the_handlers_in_one_message()
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection([new("TokenPermissions:warehouse:Read:Roles", "reader")]).Build();

        (await FaultAsync(services =>
        {
            AddCrm(services);
            services.AddTokenPermissions(configuration.GetSection("TokenPermissions"));
            services.AddHttpClient("api").AddTokenRefreshHandler("crn");
        })).Split('\n').Should().BeEquivalentTo(
            "AddTokenPermissions grants for token 'warehouse', and no token of that name is registered; there are crm. Correct the name, or call services.AddTokenRefresh(\"warehouse\", …) in application start-up code.",
            "HTTP client 'api' needs token 'crn', and no token of that name is registered; did you mean 'crm'? Correct AddTokenRefreshHandler(\"crn\"), or call services.AddTokenRefresh(\"crn\", …) in application start-up code.");
    }

    [Fact]
    public async Task A_permission_without_any_token_stops_the_start() =>
        (await FaultAsync(static services => services.AddTokenPermissions(static permissions => permissions.AddToken("crm", token => token.Read.Roles.Add("reader"))))).Should().Be(
            "AddTokenPermissions grants for token 'crm', and no token is registered at all. Call services.AddTokenRefresh(\"crm\", …) in application start-up code.");

    [Fact]
    public async Task A_permission_for_every_token_needs_no_name() =>
        (await FaultAsync(static services =>
        {
            AddCrm(services);
            services.AddTokenPermissions(static permissions =>
            {
                permissions.AddToken(TokenPermissionOptions.EveryToken, token => token.Read.Roles.Add("reader"));
                permissions.AddToken("crm", token => token.Update.Roles.Add("operator"));
            });
        })).Should().BeEmpty();

    private static void AddCrm(IServiceCollection services) =>
        services.AddTokenRefresh("crm", static options => (options.Grant, options.TokenEndpoint, options.Client) =
            ("client_credentials", "https://login.example.com/token", new() { Id = "a", Secret = "b" }));

    private static async Task<string> FaultAsync(Action<IServiceCollection> register)
    {
        var builder = new HostApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        register(builder.Services);
        using var host = builder.Build();
        try
        {
            await host.StartAsync();
            await host.StopAsync();
            return "";
        }
        catch (InvalidOperationException exception)
        {
            return exception.Message.ReplaceLineEndings("\n");
        }
    }
}
