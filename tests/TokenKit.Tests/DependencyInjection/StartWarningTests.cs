using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using NSubstitute;
using TokenKit.Work;

namespace TokenKit.Tests;

/// <summary>What works for now and will surprise somebody is said when the program starts.</summary>
public sealed class StartWarningTests
{
    private const string Definition = """
        "Grant": "client_credentials", "TokenEndpoint": "https://login.example.com/token", "Client": { "Id": "my-app", "Secret": "${secret.crm-secret}" }
        """;

    [Fact]
    public async Task A_secret_that_nobody_has_is_named_with_the_command_that_sets_it()
    {
        var warnings = await WarningsAsync($$"""{ "TokenRefresh": { "crm": { {{Definition}} } } }""");

        warnings.Should().Equal(
            """1507: Token 'crm' needs the secret 'crm-secret', and neither its store nor configuration has it; without it no token can be obtained. Set the configuration key Secrets:crm-secret: dotnet user-secrets set "Secrets:crm-secret" "VALUE" in development, the environment variable Secrets__crm-secret elsewhere; or put it into the store.""");
    }

    [Fact]
    public async Task A_secret_in_configuration_is_not_warned_about() =>
        (await WarningsAsync($$"""{ "Secrets": { "crm-secret": "s" }, "TokenRefresh": { "crm": { {{Definition}} } } }""")).Should().BeEmpty();

    [Fact]
    public async Task A_secret_in_the_store_is_not_warned_about() =>
        (await WarningsAsync(
            $$"""{ "TokenRefresh": { "crm": { {{Definition}} } } }""",
            prepare: static services => services.GetRequiredService<InMemorySecretStore>()
                .SetAsync(new SecretKey("Development", "crm-secret"), new SecretWrite("s"u8.ToArray(), SecretCondition.Any)).AsTask())).Should().BeEmpty();

    [Theory]
    [InlineData("""{ "Request": { "Form": { "x": "${secret.other?}" } } }""")]
    [InlineData("""{ "Request": { "Form": { "x": ["${secret.other}", "none"] } } }""")]
    [InlineData("""{ "Request": { "Form": { "x": "${secret.other || 'none'}" } } }""")]
    [InlineData("""{ "Request": { "Headers": { "X-Shop": "${subject} ${secret.other}" } } }""")]
    public async Task A_secret_that_may_be_missing_or_is_a_subjects_is_not_warned_about(string more)
    {
        var configuration = StartedProgram.Configuration($$"""{ "Secrets": { "crm-secret": "s" }, "TokenRefresh": { "crm": { {{Definition}} } } }""");
        var both = new ConfigurationBuilder()
            .AddConfiguration(configuration)
            .AddConfiguration(StartedProgram.Configuration($$"""{ "TokenRefresh": { "crm": {{more}} } }"""))
            .Build();

        (await WarningsAsync(both)).Should().BeEmpty();
    }

    [Fact]
    public async Task Every_place_that_needs_a_secret_is_looked_at()
    {
        var warnings = await WarningsAsync("""
            { "TokenRefresh": { "crm": {
              "Request": { "Steps": [
                { "Url": "https://login.example.com/a", "Json": { "k": { "l": "${secret.in-json}" } } },
                { "Url": "https://login.example.com/b", "Headers": { "X-Key": "${secret.in-header}" }, "Form": { "j": "${jwt.j}" } } ] },
              "Jwt": { "j": { "Algorithm": "HS256", "Key": "${secret.in-key}", "Claims": { "a": "${secret.in-claim}" } } },
              "Placement": { "Headers": { "X-App": "${secret.in-placement}" } } } } }
            """);

        warnings.Select(static warning => warning.Split('\'')[3]).Should().BeEquivalentTo("in-json", "in-header", "in-key", "in-claim", "in-placement");
    }

    [Fact]
    public async Task A_store_that_cannot_be_read_warns_about_nothing_and_stops_no_start()
    {
        var store = new FaultyStore();
        store.BeforeRead = Down;

        (await WarningsAsync(
            $$"""{ "TokenRefresh": { "crm": { {{Definition}} } } }""",
            services => services.AddKeyedSingleton<ISecretStore>("crm", store))).Should().BeEmpty();
        store.Reads.Should().Be(2, "the scheduler looks for the token, and this for the secret");

        Task Down()
        {
            store.BeforeRead = Down;
            throw new IOException("down");
        }
    }

    [Theory]
    [InlineData(true, "")]
    [InlineData(false, "The definition of the token 'crm' cannot work: 1 fault.\n- 'Placement.Headers.X-Shop': token.values.shop is kept by nothing; write Response.Values, such as \"shop\": \"body.shop\".")]
    public async Task Code_that_maps_answers_may_keep_what_no_definition_names(bool isMappedByCode, string fault) =>
        (await StartedProgram.FaultOfAsync(services =>
        {
            services.AddTokenRefresh("crm", static options =>
            {
                (options.Grant, options.TokenEndpoint, options.Client) = ("client_credentials", "https://login.example.com/token", new() { Id = "a", Secret = "b" });
                options.Placement.Headers["X-Shop"] = "${token.values.shop}";
            });
            if (isMappedByCode)
            {
                services.AddKeyedSingleton("crm", Substitute.For<ITokenResponseMapper>());
            }
        })).Should().Be(fault);

    [Theory]
    [InlineData("https://*.co.uk", "https://*.co.uk")]
    [InlineData("https://*.COM.au:8443", "https://*.com.au:8443")]
    public async Task Every_name_of_a_registry_is_warned_about(string origin, string shown)
    {
        var warnings = await WarningsAsync(
            $$"""{ "Secrets": { "crm-secret": "s" }, "TokenRefresh": { "crm": { {{Definition}}, "Placement": { "AllowedOrigins": [ "{{origin}}", "https://api.example.com" ] } } } }""");

        warnings.Should().Equal(
            $"1506: Placement.AllowedOrigins of token 'crm' allows {shown}. Under such a name anybody can usually register one, and would be sent the token. Write the host out, or put the '*' below a name of your own, as in https://*.example.co.uk.");
    }

    [Fact]
    public async Task Every_name_of_a_registry_for_token_requests_is_warned_about() =>
        (await WarningsAsync(
            $$"""{ "Secrets": { "crm-secret": "s" }, "TokenRefresh": { "crm": { {{Definition}}, "Request": { "AllowedOrigins": "https://*.ne.jp" } } } }"""))
            .Should().ContainSingle().Which.Should().StartWith("1506: Request.AllowedOrigins of token 'crm' allows https://*.ne.jp.");

    [Theory]
    [InlineData("https://*.example.co.uk")]
    [InlineData("https://*.example.com")]
    [InlineData("https://*.bbc.uk")]
    [InlineData("https://co.uk")]
    public async Task A_name_of_ones_own_is_not_warned_about(string origin) =>
        (await WarningsAsync(
            $$"""{ "Secrets": { "crm-secret": "s" }, "TokenRefresh": { "crm": { {{Definition}}, "Placement": { "AllowedOrigins": "{{origin}}" } } } }"""))
            .Should().BeEmpty();

    private static Task<string[]> WarningsAsync(string json, Action<IServiceCollection>? register = null, Func<IServiceProvider, Task>? prepare = null) =>
        WarningsAsync(StartedProgram.Configuration(json), register, prepare);

    private static async Task<string[]> WarningsAsync(
        IConfiguration configuration, Action<IServiceCollection>? register = null, Func<IServiceProvider, Task>? prepare = null)
    {
        using var program = StartedProgram.Build(
            services =>
            {
                services.AddSingleton<IWorkSpawner>(new InlineSpawner());
                services.AddTokenRefresh("crm", configuration.GetSection("TokenRefresh:crm"));
                register?.Invoke(services);
            },
            configuration);
        if (prepare is not null)
        {
            await prepare(program.Services);
        }

        await program.StartAsync();
        return [.. program.Logs.Entries.Where(static entry => entry.Level >= LogLevel.Warning && entry.EventId.Id >= 1500).Select(static entry => $"{entry.EventId.Id}: {entry.Message}")];
    }
}
