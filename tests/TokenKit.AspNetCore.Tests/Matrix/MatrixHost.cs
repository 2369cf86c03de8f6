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
    private const string OtherApiClient = "matrix-other-api";

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

    public static async Task<MatrixHost> StartAsync(MatrixWorld world, bool isOther = false) => new(world, await WebHost.StartAsync(
        (builder, _) => Configure(builder, world, isOther),
        app =>
        {
            if (world.Cell.Entry is EntryAxis.Consent)
            {
                app.MapTokenConsent("/connect", consent => consent.AddToken(world.Name, token => token.AuthorizationEndpoint = "https://login.tokenkit.test/authorize"));
            }
        },
        clock: world.Time,
        shared: world.Endpoint));

    /// <summary>Calls the API, and waits for whatever the call began.</summary>
    public Task<HttpResponseMessage> CallAsync() => CallAsync(ApiClient, _world.Name);

    /// <summary>The same by the second registration, where there are two.</summary>
    public Task<HttpResponseMessage> CallByOtherAsync() => CallAsync(OtherApiClient, _world.OtherName);

    /// <summary>Calls the API, and waits for nothing else.</summary>
    public Task<HttpResponseMessage> SendAsync() => SendAsync(ApiClient);

    /// <summary>Waits for whatever calls have begun.</summary>
    public Task IsQuietAsync() => IsQuietAsync(_world.Name);

    public Task SeedAsync(string refreshToken) =>
        _web.Source(_world.Name).SeedAsync(new TokenSeed(refreshToken) { Subject = Cell.SubjectName }).AsTask();

    public Task ForgetAsync() => _web.Source(_world.Name).ForgetAsync(Cell.SubjectName).AsTask();

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

    /// <summary>Reads the options once more, with a value in them that changes nothing here, or for the other scope.</summary>
    public void Reload(bool isOther = false)
    {
        var source = Services.GetRequiredKeyedService<IDefinitionSource>(_world.Name);
        var before = source.Current;
        var configuration = (IConfigurationRoot)Services.GetRequiredService<IConfiguration>();
        configuration["MatrixLeaseMargin"] = "6";
        configuration["MatrixIsOther"] = isOther ? "true" : "false";
        configuration.Reload();
        source.Current.Should().NotBeSameAs(before, "the options were reloaded");
    }

    public async ValueTask DisposeAsync()
    {
        Metrics.Dispose();
        await _web.DisposeAsync();
    }

    private async Task<HttpResponseMessage> CallAsync(string api, string name)
    {
        try
        {
            return await SendAsync(api);
        }
        finally
        {
            await IsQuietAsync(name);
        }
    }

    private async Task<HttpResponseMessage> SendAsync(string api)
    {
        using var client = Services.GetRequiredService<IHttpClientFactory>().CreateClient(api);
        using var request = new HttpRequestMessage(HttpMethod.Get, "orders");
        if (Cell.Subject is SubjectAxis.Subject)
        {
            request.SetTokenSubject(Cell.SubjectName);
        }

        return Cell.Call is CallAxis.Async ? await client.SendAsync(request) : await OnAThreadAsync(() => client.Send(request));
    }

    // A thread of its own: one of the pool would be taken from the work that is waited for.
    private static Task<HttpResponseMessage> OnAThreadAsync(Func<HttpResponseMessage> call) =>
        Task.Factory.StartNew(call, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    private async Task IsQuietAsync(string name)
    {
        await _web.FlightEndedAsync(name, Cell.SubjectName);
        if (Cell.Grant is GrantAxis.TokenExchange)
        {
            // What is exchanged was due as well: its renewal must not reach over the hours that pass next.
            await _web.FlightEndedAsync(MatrixDefinition.OtherToken, Cell.SubjectName);
        }
    }

    private static void Configure(WebApplicationBuilder builder, MatrixWorld world, bool isOther)
    {
        var (cell, services) = (world.Cell, builder.Services);
        builder.Configuration.AddInMemoryCollection(MatrixSecrets.Configuration);
        services.AddSingleton<IOptionsChangeTokenSource<TokenRefreshOptions>>(
            new ConfigurationChangeTokenSource<TokenRefreshOptions>(world.Name, builder.Configuration));
        var token = services.AddTokenRefresh(world.Name, options =>
        {
            MatrixDefinition.Write(options, cell, world.Address, world.Seed, builder.Configuration.GetValue("MatrixIsOther", isOther));
            options.Resilience.LeaseMargin = TimeSpan.FromSeconds(builder.Configuration.GetValue("MatrixLeaseMargin", 5));
        });
        if (cell.Parameters is ParameterAxis.ParamResolver)
        {
            token.UseParamResolver(["host", "client"], (_, key, _) =>
            {
                world.Parts.ParamsAsked.Enqueue(key);
                return new(Params(world));
            });
        }

        world.Parts.Register(services);
        Connect(token, world, ApiClient);
        if (cell.Between is BetweenAxis.TwoRegistrations)
        {
            AddOther(services, world);
        }

        if (cell.Grant is GrantAxis.TokenExchange)
        {
            services.AddClientCredentials(MatrixDefinition.OtherToken, world.People);
        }

        if (cell.Entry is EntryAxis.Consent)
        {
            TestUsers.Add(services);
            services.AddTokenPermissions(permissions => permissions.AddToken(world.Name, token => token.Seed.Roles.Add("keeper")));
        }
    }

    // Only one of those who share a record brings a seed.
    private static void AddOther(IServiceCollection services, MatrixWorld world)
    {
        var token = services.AddTokenRefresh(world.OtherName, options =>
        {
            MatrixDefinition.Write(options, world.Cell, world.Address, seed: null, isOther: world.Cell.KeepsMany);
            options.Secret.Name = world.Name;
        });
        if (world.Cell.Parameters is ParameterAxis.ParamResolver)
        {
            token.UseParamResolver(["host", "client"], (_, _, _) => new(Params(world)));
        }

        Connect(token, world, OtherApiClient);
    }

    private static void Connect(ITokenRefreshBuilder token, MatrixWorld world, string api)
    {
        world.Parts.Register(token.Services, token.Name, world.Cell.Part, (context, cancellationToken) => world.Server.AskAsync(context, cancellationToken));
        world.AddStore(token);
        token.Services.AddHttpClient($"tokenkit-{token.Name}").ConfigurePrimaryHttpMessageHandler(world.ToServer);
        token.Services.AddHttpClient(api, http => http.BaseAddress = world.Api.Address)
            .AddTokenRefreshHandler(token.Name).FollowsNoRedirects<HttpMessageHandler>().ConfigurePrimaryHttpMessageHandler(world.ToApi);
    }

    private static Dictionary<string, string> Params(MatrixWorld world) => new()
    {
        ["host"] = world.Address.Host, ["client"] = FakeTokenEndpoint.DefaultClientId,
    };
}
