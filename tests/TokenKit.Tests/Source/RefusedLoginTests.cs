using System.Net;
using System.Text;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using TokenKit.Source;
using TokenKit.Testing;
using TokenKit.Values;
using TokenKit.Work;

namespace TokenKit.Tests;

/// <summary>What was spent decides how long is waited after a refusal: counts over ten minutes in which ten callers a second ask.</summary>
public sealed class RefusedLoginTests : IAsyncDisposable
{
    private const string Password = """
        { "Request": { "Url": "https://login.example.com/login", "Form": { "grant_type": "password", "username": "ann", "password": "${secret.password}" } } }
        """;

    private const string JsonLogin = """
        { "Request": { "Url": "https://login.example.com/login", "Json": { "user": "ann", "password": "${secret.password}" } }, "Response": { "AccessToken": "body.token" } }
        """;

    private const string LoginInSteps = """
        { "Request": { "Steps": [
            { "Url": "https://login.example.com/login", "Json": { "user": "ann", "password": "${secret.password}" } },
            { "Url": "https://login.example.com/token", "Form": { "code": "${step[0].body.code}" } } ] } }
        """;

    private const string Assertion = """
        { "Grant": "urn:ietf:params:oauth:grant-type:jwt-bearer", "TokenEndpoint": "https://login.example.com/login", "Assertion": "${secret.password}" }
        """;

    private const string Exchange = """
        { "Grant": "urn:ietf:params:oauth:grant-type:token-exchange", "TokenEndpoint": "https://login.example.com/login",
          "Authentication": "none", "Client": { "Id": "app" }, "SubjectToken": "${secret.password}" }
        """;

    private const string Credentials = """
        { "Grant": "client_credentials", "TokenEndpoint": "https://login.example.com/login", "Client": { "Id": "app", "Secret": "${secret.password}" } }
        """;

    private const string SpeltOutCredentials = """
        { "Request": { "Url": "https://login.example.com/login", "Form": { "grant_type": "client_credentials", "client_id": "app", "client_secret": "${secret.password}" } } }
        """;

    private const string RefreshOrLogin = """
        { "Request": { "Url": "https://login.example.com/login", "Form": { "grant_type": "password", "username": "ann", "password": "${secret.password}" } },
          "RefreshRequest": { "Url": "https://login.example.com/renew", "Form": { "grant_type": "refresh_token", "refresh_token": "${token.refresh}" } },
          "RequestWhen": "refresh-missing-or-rejected", "Seed": { "RefreshToken": "r-0" } }
        """;

    private const string AccessOnly = """
        { "Request": { "Url": "https://login.example.com/login", "Json": { "user": "ann", "password": "${secret.password}" } },
          "RefreshRequest": { "Url": "https://login.example.com/renew", "Headers": { "Authorization": "Bearer ${token.access}" } },
          "Response": { "Lifetime": "1h" } }
        """;

    private const string Refresh = """
        { "Grant": "refresh_token", "TokenEndpoint": "https://login.example.com/renew", "Client": { "Id": "app", "Secret": "${secret.password}" }, "Seed": { "RefreshToken": "r-0" } }
        """;

    private readonly World _world = new();

    public static TheoryData<string, int, string?, RefreshFailureReason, int, int> Refusals => new()
    {
        // A person's account may be locked by our asking.
        { Password, 400, "invalid_grant", RefreshFailureReason.ClientRejected, 4, 5 },
        { Password, 401, "invalid_grant", RefreshFailureReason.ClientRejected, 4, 5 },
        { Password, 401, null, RefreshFailureReason.ClientRejected, 4, 5 },
        { Password, 400, "bad_password", RefreshFailureReason.RequestRejected, 4, 5 },
        { Password, 400, "consent_required", RefreshFailureReason.ReauthorizationRequired, 4, 5 },
        { Password, 400, "interaction_required", RefreshFailureReason.ReauthorizationRequired, 4, 5 },
        { Password, 400, "login_required", RefreshFailureReason.ReauthorizationRequired, 4, 5 },
        { Password, 400, "invalid_scope", RefreshFailureReason.RequestRejected, 8, 15 },
        { Password, 401, "invalid_client", RefreshFailureReason.ClientRejected, 15, 40 },
        { JsonLogin, 400, "invalid_grant", RefreshFailureReason.ClientRejected, 4, 5 },
        { JsonLogin, 401, null, RefreshFailureReason.ClientRejected, 4, 5 },
        { JsonLogin, 403, null, RefreshFailureReason.RequestRejected, 4, 5 },
        { JsonLogin, 404, null, RefreshFailureReason.RequestRejected, 8, 15 },
        { LoginInSteps, 400, "invalid_grant", RefreshFailureReason.ClientRejected, 4, 5 },
        { LoginInSteps, 401, null, RefreshFailureReason.ClientRejected, 4, 5 },
        { RefreshOrLogin, 400, "invalid_grant", RefreshFailureReason.ClientRejected, 4, 5 },

        // What a program has itself.
        { Assertion, 400, "invalid_grant", RefreshFailureReason.ClientRejected, 7, 12 },
        { Assertion, 400, "consent_required", RefreshFailureReason.ReauthorizationRequired, 7, 12 },
        { Assertion, 401, "invalid_client", RefreshFailureReason.ClientRejected, 15, 40 },
        { Assertion, 400, "invalid_scope", RefreshFailureReason.RequestRejected, 8, 15 },
        { Exchange, 400, "invalid_grant", RefreshFailureReason.ClientRejected, 7, 12 },
        { Exchange, 400, "interaction_required", RefreshFailureReason.ReauthorizationRequired, 7, 12 },
        { Exchange, 401, "invalid_client", RefreshFailureReason.ClientRejected, 15, 40 },
        { Credentials, 400, "invalid_grant", RefreshFailureReason.ClientRejected, 7, 12 },
        { Credentials, 400, "login_required", RefreshFailureReason.ReauthorizationRequired, 7, 12 },
        { Credentials, 401, "invalid_client", RefreshFailureReason.ClientRejected, 15, 40 },
        { Credentials, 401, null, RefreshFailureReason.ClientRejected, 15, 40 },
        { Credentials, 400, "invalid_scope", RefreshFailureReason.RequestRejected, 8, 15 },
        { SpeltOutCredentials, 400, "invalid_grant", RefreshFailureReason.ClientRejected, 7, 12 },
        { SpeltOutCredentials, 401, null, RefreshFailureReason.ClientRejected, 15, 40 },
    };

    [Theory]
    [MemberData(nameof(Refusals))]
    public async Task What_was_spent_decides_how_often_a_refused_request_is_sent(
        string definition, int status, string? error, RefreshFailureReason reason, int least, int most)
    {
        _world.Answer = path => (status, error);
        var process = _world.Begin(definition);

        await _world.TenMinutesAsync(process);

        _world.Sent("/login").Should().BeInRange(least, most);
        _world.Sent("/renew").Should().BeLessThanOrEqualTo(most);
        process.Failure!.Reason.Should().Be(reason);
        process.Events.Should().HaveCount(
            reason is RefreshFailureReason.ReauthorizationRequired ? 1 : 0, "a person is called once, and only if one can help");
        process.Ended.Should().BeLessThanOrEqualTo(most + 1, "a look whether anything is new is no refresh");
        if (reason is RefreshFailureReason.ClientRejected)
        {
            process.Failure.Message.Should().NotContainAny("consent", "refresh token");
        }
    }

    [Theory]
    [InlineData(400, "invalid_grant")]
    [InlineData(400, "consent_required")]
    public async Task A_stored_grant_that_is_dead_is_sent_once(int status, string error)
    {
        var refresh = _world.Begin(Refresh);
        _world.Answer = path => (status, error);
        await _world.TenMinutesAsync(refresh);
        _world.Sent("/renew").Should().Be(1);
        refresh.Failure!.Reason.Should().Be(RefreshFailureReason.ReauthorizationRequired);
    }

    [Theory]
    [InlineData(400, "invalid_grant")]
    [InlineData(400, "consent_required")]
    public async Task An_access_token_that_is_renewed_by_itself_is_a_stored_grant_as_well(int status, string error)
    {
        _world.Answer = path => (200, null);
        var access = _world.Begin(AccessOnly);
        await access.AskAsync();
        _world.Answer = path => (status, error);
        _world.Time.Advance(TimeSpan.FromHours(2));

        await _world.TenMinutesAsync(access);

        (_world.Sent("/login"), _world.Sent("/renew")).Should().Be((1, 1));
        access.Failure!.Reason.Should().Be(RefreshFailureReason.ReauthorizationRequired);
        access.Failure.Message.Should().NotContain("refresh token", "none was sent");
    }

    [Fact]
    public async Task The_rule_about_the_renewal_in_the_documentation_does_not_judge_the_login()
    {
        _world.Answer = path => (200, null);
        var process = _world.Begin(
            DefinitionsPage.Examples.Single(example => example.Title == "Access token as refresh credential").Blocks.First(block => block.Kind == "json").Text,
            DefinitionsPage.Secrets);
        await process.AskAsync();
        _world.Answer = path => (401, null);
        _world.Time.Advance(TimeSpan.FromHours(2));
        _world.Forget();

        await _world.TenMinutesAsync(process);

        _world.Sent("/login").Should().BeInRange(4, 5);
        _world.Sent("/renew").Should().BeLessThanOrEqualTo(5);
        process.Failure!.Reason.Should().Be(RefreshFailureReason.ClientRejected);
        process.Failure.Message.Should().Contain("login").And.NotContain("consent");
        process.Events.Should().BeEmpty();
    }

    [Theory]
    [InlineData(Password, 5)]
    [InlineData(JsonLogin, 5)]
    [InlineData(RefreshOrLogin, 5)]
    [InlineData(Assertion, 12)]
    [InlineData(Credentials, 12)]
    public async Task Processes_that_share_a_store_share_the_wait(string definition, int most)
    {
        _world.Answer = path => (400, "invalid_grant");
        Process[] processes = [_world.Begin(definition), _world.Begin(definition), _world.Begin(definition)];

        await _world.TenMinutesAsync(processes);
        var restarted = _world.Begin(definition);
        await restarted.AskAsync();

        _world.Sent("/login").Should().BeLessThanOrEqualTo(most);
        processes.Should().OnlyContain(process => process.Failure!.Reason == RefreshFailureReason.ClientRejected);
        restarted.Failure!.Reason.Should().Be(RefreshFailureReason.ClientRejected);
    }

    [Theory]
    [InlineData(Password, "invalid_grant")]
    [InlineData(Assertion, "invalid_grant")]
    [InlineData(Credentials, "invalid_client")]
    [InlineData(RefreshOrLogin, "invalid_grant")]
    public async Task A_new_secret_is_tried_at_once_wherever_it_came_from(string definition, string error)
    {
        _world.Answer = path => (400, error);
        var (one, other) = (_world.Begin(definition), _world.Begin(definition));
        await _world.TenMinutesAsync(one, other);
        _world.Answer = path => (200, null);
        _world.Forget();

        // Put into the store that they share, which tells nobody.
        await _world.Store.SetAsync(one.SecretKeyOf("password"), new SecretWrite("right"u8.ToArray(), SecretCondition.Any));
        _world.Time.Advance(TimeSpan.FromMilliseconds(500));

        (await one.AskAsync()).Should().BeNull();
        _world.Time.Advance(TimeSpan.FromMilliseconds(500));
        (await other.AskAsync()).Should().BeNull();
        (_world.Sent("/login") + _world.Sent("/renew")).Should().Be(1, "the other process takes over what the first one obtained");
    }

    [Theory]
    [InlineData("password", "right")]
    [InlineData("password", "wrong")]
    public async Task A_process_that_starts_with_another_secret_or_definition_does_not_wait(string secret, string value)
    {
        _world.Answer = path => (400, "invalid_grant");
        await _world.TenMinutesAsync(_world.Begin(Password));
        _world.Answer = path => (200, null);

        var isNew = value != "wrong";
        var definition = isNew ? Password : Password.Replace("\"ann\"", "\"ann@example.com\"", StringComparison.Ordinal);
        var started = _world.Begin(definition, $$"""{ "{{secret}}": "{{value}}" }""");

        (await started.AskAsync()).Should().BeNull();
    }

    [Fact]
    public async Task A_new_seed_is_tried_at_once_in_all_processes()
    {
        _world.Answer = path => (400, "invalid_grant");
        var (one, other) = (_world.Begin(RefreshOrLogin), _world.Begin(RefreshOrLogin));
        await _world.TenMinutesAsync(one, other);
        _world.Answer = path => path == "/renew" ? (200, null) : (400, "invalid_grant");
        _world.Forget();

        await one.Source.SeedAsync(new TokenSeed("r-1") { Overwrite = true });
        _world.Time.Advance(TimeSpan.FromMilliseconds(500));

        (await other.AskAsync()).Should().BeNull();
        (await one.AskAsync()).Should().BeNull();
        (_world.Sent("/login"), _world.Sent("/renew")).Should().Be((0, 1));
    }

    [Fact]
    public async Task A_reloaded_definition_is_tried_at_once_although_another_process_waits()
    {
        _world.Answer = path => (400, "invalid_grant");
        var (one, other) = (_world.Begin(Password), _world.Begin(Password));
        await _world.TenMinutesAsync(one, other);
        _world.Answer = path => (200, null);

        one.Set("Request:Form:username", "ann@example.com");

        (await one.AskAsync()).Should().BeNull();
    }

    [Fact]
    public async Task A_login_that_wants_a_person_is_tried_again_at_once_after_a_reload()
    {
        _world.Answer = path => (400, "consent_required");
        var process = _world.Begin(Password);
        await _world.TenMinutesAsync(process);
        _world.Answer = path => (200, null);

        process.Set("Request:Form:username", "ann@example.com");

        (await process.AskAsync()).Should().BeNull();
    }

    [Theory]
    [InlineData(Password, "to the login (Request)")]
    [InlineData(LoginInSteps, "to the login (Request.Steps[0])")]
    [InlineData(Credentials, "to the request (Request)")]
    [InlineData(Refresh, "to the renewal (RefreshRequest)")]
    public async Task A_failure_names_the_request_that_failed(string definition, string expected)
    {
        _world.Answer = path => (400, "invalid_grant");
        var process = _world.Begin(definition);

        await process.AskAsync();

        process.Failure!.Message.Should().Contain(expected);
    }

    public ValueTask DisposeAsync() => _world.DisposeAsync();

    /// <summary>A token endpoint, a store and a clock that all processes share.</summary>
    private sealed class World : IAsyncDisposable
    {
        private readonly List<Process> _processes = [];
        private readonly List<string> _sent = [];

        public FaultyStore Store { get; } = new();

        public ManualTimeProvider Time => Store.Time;

        public Func<string, (int Status, string? Error)> Answer { get; set; } = static _ => (200, null);

        public int Sent(string path) => _sent.Count(sent => sent == path);

        public void Forget() => _sent.Clear();

        public Process Begin(string definition, string secrets = """{ "password": "wrong" }""")
        {
            var process = new Process(this, definition, secrets);
            _processes.Add(process);
            return process;
        }

        public async Task TenMinutesAsync(params Process[] processes)
        {
            for (var step = 0; step < 6000; step++)
            {
                foreach (var process in processes)
                {
                    await process.AskAsync();
                }

                Time.Advance(TimeSpan.FromMilliseconds(100));
            }
        }

        public HttpMessageHandler CreateHandler() => new Handler(this);

        public async ValueTask DisposeAsync()
        {
            foreach (var process in _processes)
            {
                await process.DisposeAsync();
            }
        }

        private sealed class Handler(World world) : HttpMessageHandler
        {
            protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
            {
                var path = request.RequestUri!.AbsolutePath;
                world._sent.Add(path);
                var (status, error) = world.Answer(path);
                var body = status == 200
                    ? """{"access_token":"t-1","token":"t-1","code":"c-1","expires_in":3600}"""
                    : error is null ? "" : $$"""{"error":"{{error}}"}""";
                return Task.FromResult(new HttpResponseMessage((HttpStatusCode)status)
                {
                    Content = new StringContent(body, Encoding.UTF8, "application/json"),
                });
            }
        }
    }

    private sealed class Process : IAsyncDisposable
    {
        private const string Name = "crm";
        private readonly ServiceProvider _provider;
        private readonly IConfigurationRoot _configuration;

        public Process(World world, string definition, string secrets)
        {
            _configuration = new ConfigurationBuilder()
                .AddInMemoryCollection(new ConfigurationBuilder()
                    .AddJsonStream(new MemoryStream(Encoding.UTF8.GetBytes($$"""{ "Secrets": {{secrets}}, "TokenRefresh": { "{{Name}}": {{definition}} } }""")))
                    .Build().AsEnumerable().Where(static pair => pair.Value is not null))
                .Build();
            var services = new ServiceCollection();
            services.AddSingleton<TimeProvider>(world.Time);
            services.AddSingleton<IConfiguration>(_configuration);
            services.AddTokenRefresh(Name, _configuration.GetSection($"TokenRefresh:{Name}")).UseInMemoryStore().OnTokenEvent(
                (happened, _) =>
                {
                    if (happened.Kind is TokenEventKind.ReauthorizationRequired)
                    {
                        lock (Events)
                        {
                            Events.Add(happened);
                        }
                    }

                    return default;
                });
            services.AddStore(world.Store);
            services.AddSingleton<IWorkSpawner>(new InlineSpawner());
            services.AddHttpClient($"tokenkit-{Name}").ConfigurePrimaryHttpMessageHandler(world.CreateHandler);
            _provider = services.BuildServiceProvider();
        }

        public List<TokenEvent> Events { get; } = [];

        public RefreshFailure? Failure { get; private set; }

        public int Ended => _provider.GetRequiredKeyedService<ITokenInspector>(Name).GetRefreshes().Count;

        public ITokenSource Source => _provider.GetRequiredKeyedService<ITokenSource>(Name);

        public void Set(string key, string value)
        {
            _configuration[$"TokenRefresh:{Name}:{key}"] = value;
            _configuration.Reload();
        }

        public SecretKey SecretKeyOf(string name) => new(_provider.GetRequiredService<TokenKitEnvironment>().Name, name);

        public async Task<RefreshFailureReason?> AskAsync()
        {
            try
            {
                await Source.GetTokenAsync();
                return null;
            }
            catch (TokenRefreshException exception)
            {
                Failure = exception.Failure;
                return exception.Reason;
            }
            finally
            {
                await (_provider.GetRequiredKeyedService<TokenComposition>(Name).Flights.OwnSlot.Flight?.EndAsync(CancellationToken.None)
                    .WaitAsync(TimeSpan.FromSeconds(30)) ?? Task.CompletedTask);
            }
        }

        public ValueTask DisposeAsync() => _provider.DisposeAsync();
    }
}
