using System.Diagnostics.Metrics;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using TokenKit.Definitions;
using TokenKit.Refresh.Request;
using TokenKit.Testing;

namespace TokenKit.Tests;

/// <summary>A program with the registration of a cell, an API client, and, where the cell says so, a way to consent.</summary>
internal sealed class MatrixHost : IAsyncDisposable
{
    private const string Keeper = "alice,role=keeper";
    private const string ApiClient = "matrix-api";

    private readonly MatrixWorld _world;
    private readonly WebHost _web;

    private MatrixHost(MatrixWorld world, WebHost web)
    {
        (_world, _web) = (world, web);
        Metrics = new RecordedMetrics(web.Services.GetRequiredService<IMeterFactory>());
    }

    public RecordedMetrics Metrics { get; }

    public RecordedLogs Logs => _web.Logs;

    public IServiceProvider Services => _web.Services;

    /// <summary>Whether TLS would present the certificate of the definition.</summary>
    public bool HasCertificate => Services.GetKeyedService<ClientCertificates>(_world.Name)?.Current is not null;

    private MatrixCell Cell => _world.Cell;

    public static async Task<MatrixHost> StartAsync(MatrixWorld world) => new(world, await WebHost.StartAsync(
        (builder, _) => Configure(builder, world),
        app =>
        {
            if (world.Cell.Entry is EntryAxis.Consent)
            {
                app.MapTokenConsent("/connect", consent => consent.For(world.Name).AuthorizationEndpoint = "https://login.tokenkit.test/authorize");
            }
        },
        clock: world.Time,
        shared: world.Endpoint));

    /// <summary>Calls the API, and waits for whatever the call began.</summary>
    public async Task<HttpResponseMessage> CallAsync()
    {
        using var client = Services.GetRequiredService<IHttpClientFactory>().CreateClient(ApiClient);
        using var request = new HttpRequestMessage(HttpMethod.Get, "orders");
        if (Cell.Subject is SubjectAxis.Subject)
        {
            request.SetTokenSubject(Cell.SubjectName);
        }

        try
        {
            return await client.SendAsync(request);
        }
        finally
        {
            await _web.FlightEndedAsync(_world.Name, Cell.SubjectName);
            if (Cell.Grant is GrantAxis.TokenExchange)
            {
                // What is exchanged was due as well: its renewal must not reach over the hours that pass next.
                await _web.FlightEndedAsync(MatrixDefinition.OtherToken, Cell.SubjectName);
            }
        }
    }

    public Task SeedAsync(string refreshToken) =>
        _web.Source(_world.Name).SeedAsync(new TokenSeed(refreshToken) { Subject = Cell.SubjectName }).AsTask();

    public Task<DefinitionCheck> CheckAsync(IReadOnlyList<TokenAnswer> answers, DefinitionCheckOptions options) =>
        Services.GetRequiredService<ITokenDefinitions>().CheckAsync(_world.Name, answers, options with { Subject = Cell.SubjectName }).AsTask();

    /// <summary>A person goes to the server and comes back.</summary>
    public async Task<HttpResponseMessage> ConsentAsync()
    {
        using var sent = await _web.Client(Keeper).GetAsync($"/connect/{_world.Name}{(Cell.Subject is SubjectAxis.Subject ? "/" + Cell.SubjectName : "")}");
        sent.StatusCode.Should().Be(System.Net.HttpStatusCode.Redirect, await sent.Content.ReadAsStringAsync());
        var query = QueryHelpers.ParseQuery(sent.Headers.Location!.Query);
        var code = _world.Endpoint.IssueCode(
            query["client_id"]!, query["redirect_uri"], query["code_challenge"], _world.Cell.GrantedScope, MatrixServer.Person);
        var browser = _web.Client(Keeper);
        browser.DefaultRequestHeaders.Add("Cookie", sent.Headers.GetValues("Set-Cookie").Single().Split(';')[0]);
        return await browser.GetAsync(QueryHelpers.AddQueryString(
            "/connect/callback", new Dictionary<string, string?> { ["state"] = query["state"], ["code"] = code }));
    }

    /// <summary>Reads the options once more, with a value in them that changes nothing here.</summary>
    public void Reload()
    {
        var source = Services.GetRequiredKeyedService<IDefinitionSource>(_world.Name);
        var before = source.Current;
        var configuration = (IConfigurationRoot)Services.GetRequiredService<IConfiguration>();
        configuration["MatrixLeaseMargin"] = "6";
        configuration.Reload();
        source.Current.Should().NotBeSameAs(before, "the options were reloaded");
    }

    public async ValueTask DisposeAsync()
    {
        Metrics.Dispose();
        await _web.DisposeAsync();
    }

    private static void Configure(WebApplicationBuilder builder, MatrixWorld world)
    {
        var (cell, services) = (world.Cell, builder.Services);
        builder.Configuration.AddInMemoryCollection(MatrixSecrets.Configuration);
        services.AddSingleton<IOptionsChangeTokenSource<TokenRefreshOptions>>(
            new ConfigurationChangeTokenSource<TokenRefreshOptions>(world.Name, builder.Configuration));
        var token = services.AddTokenRefresh(world.Name, options =>
        {
            MatrixDefinition.Write(options, cell, world.Endpoint, world.Seed);
            options.Resilience.LeaseMargin = TimeSpan.FromSeconds(builder.Configuration.GetValue("MatrixLeaseMargin", 5));
        });
        if (cell.Parameters is ParameterAxis.ParamResolver)
        {
            token.UseParamResolver(["host", "client"], (_, key, _) =>
            {
                world.Parts.ParamsAsked.Enqueue(key);
                return new(new Dictionary<string, string> { ["host"] = world.Endpoint.Address.Host, ["client"] = FakeTokenEndpoint.DefaultClientId });
            });
        }

        world.Parts.Register(services, cell.Part, world.Server.AskAsync);
        world.AddStore(token);
        services.AddHttpClient($"tokenkit-{world.Name}").ConfigurePrimaryHttpMessageHandler(world.Server.CreateHandler);
        services.AddHttpClient(ApiClient, http => http.BaseAddress = world.Api.Address)
            .AddTokenRefreshHandler(world.Name).ConfigurePrimaryHttpMessageHandler(world.Api.CreateHandler);
        if (cell.Grant is GrantAxis.TokenExchange)
        {
            services.AddClientCredentials(MatrixDefinition.OtherToken, world.People);
        }

        if (cell.Entry is EntryAxis.Consent)
        {
            TestUsers.Add(services);
            services.AddTokenPermissions(permissions => permissions.For(world.Name).Seed.Roles.Add("keeper"));
        }
    }
}
