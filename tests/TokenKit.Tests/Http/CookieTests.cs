using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Http;
using Microsoft.Extensions.Logging;
using TokenKit.Definitions;
using TokenKit.Http;
using TokenKit.Http.Primary;
using TokenKit.Language.Expressions;
using TokenKit.Testing;

namespace TokenKit.Tests;

/// <summary>Cookies of an API over real sockets: two identities on one client never share them.</summary>
public sealed class CookieTests
{
    // Gives each token a session of its own.
    private static readonly Func<string, string> Sessions = head =>
        $"HTTP/1.1 200 OK\r\nSet-Cookie: sid={Line(head, "Authorization")?.Split('-').Last()}; Path=/";

    public static TheoryData<string, Func<HttpMessageHandler>?> PrimaryHandlers() => new()
    {
        { "default", null },
        { "sockets", () => new SocketsHttpHandler() },
        { "client", () => new HttpClientHandler() },
        { "wrapped", () => new PassingHandler(new PassingHandler(new SocketsHttpHandler())) },
        { "with a container of its own", () => new SocketsHttpHandler { CookieContainer = new CookieContainer() } },
    };

    [Theory]
    [MemberData(nameof(PrimaryHandlers))]
    public async Task A_call_for_one_subject_never_carries_the_cookie_of_another(string kind, Func<HttpMessageHandler>? primary)
    {
        await using var api = new RawApi(Sessions);
        await using var program = new Program(api, primary) { Subjects = new ByHeader() };

        await program.GetAsync("alice");
        await program.GetAsync("bob");
        await program.GetAsync("alice");

        api.Heads.Select(head => Line(head, "Cookie")).Should().AllBeEquivalentTo((string?)null, kind);
    }

    [Theory]
    [InlineData("parameters by resolver")]
    [InlineData("a refresh token that a person consented to")]
    [InlineData("a request that reads the subject")]
    [InlineData("a refresh that reads the subject")]
    [InlineData("a seed that reads the subject")]
    [InlineData("a placement that reads the subject")]
    [InlineData("a token in a cookie")]
    public async Task Where_identities_can_meet_no_cookies_are_kept(string what)
    {
        await using var api = new RawApi(Sessions);
        await using var program = new Program(api, null) { Definition = DefinitionWith(what) };

        await program.GetAsync();
        await program.GetAsync();

        api.Heads.Should().HaveCount(2).And.NotContain(head => head.Contains("sid="));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_client_of_one_identity_keeps_its_cookies(bool hasRefreshRequest)
    {
        var definition = HandlerFixture.Define() with { Request = Exchange("client.id"), RefreshRequest = hasRefreshRequest ? Exchange("token.refresh") : null };
        await using var api = new RawApi(Sessions);
        await using var program = new Program(api, null) { Definition = definition };

        await program.GetAsync();
        await program.GetAsync();

        api.Heads.Select(head => Line(head, "Cookie")).Should().Equal(null, "Cookie: sid=1");
        program.Logs.Of(1013).Should().BeEmpty();
    }

    [Fact]
    public async Task A_definition_that_keeps_cookies_keeps_them()
    {
        await using var api = new RawApi(Sessions);
        await using var program = new Program(api, null)
        {
            Subjects = new ByHeader(),
            Definition = HandlerFixture.Define(HandlerFixture.Bearer with { KeepCookies = true }),
        };

        await program.GetAsync("alice");
        await program.GetAsync("bob");

        Line(api.Heads.Last(), "Cookie").Should().Be("Cookie: sid=1");
        program.Logs.Of(1013).Should().BeEmpty();
    }

    [Fact]
    public async Task The_first_cookie_that_is_dropped_is_told_once_with_the_switch()
    {
        await using var api = new RawApi(Sessions);
        await using var program = new Program(api, null) { Subjects = new ByHeader() };

        await program.GetAsync("alice");
        await program.GetAsync("bob");

        var told = program.Logs.Of(1013).Should().ContainSingle().Which;
        told.Level.Should().Be(LogLevel.Information);
        told.Message.Should().Contain(api.Url).And.Contain("'api'").And.Contain("Placement:KeepCookies").And.Contain("crm").And.NotContain("sid");
    }

    [Fact]
    public async Task Where_the_api_sets_none_or_the_user_keeps_none_nothing_is_told()
    {
        await using var api = new RawApi(head => head.Contains("bob", StringComparison.Ordinal) ? Sessions(head) : "HTTP/1.1 200 OK");
        await using var silent = new Program(api, null) { Subjects = new ByHeader() };
        await using var decided = new Program(api, () => new SocketsHttpHandler { UseCookies = false }) { Subjects = new ByHeader() };

        await silent.GetAsync("alice");
        await decided.GetAsync("bob");

        silent.Logs.Of(1013).Concat(decided.Logs.Of(1013)).Should().BeEmpty();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_primary_handler_that_has_run_is_refused_with_the_line_to_write(bool isSocketsHandler)
    {
        HttpMessageHandler primary = isSocketsHandler ? new SocketsHttpHandler { AllowAutoRedirect = false } : new HttpClientHandler { AllowAutoRedirect = false };
        await using var api = new RawApi(Sessions);
        using (var used = new HttpClient(primary, disposeHandler: false))
        {
            using var response = await used.GetAsync(api.Url);
        }

        await using var program = new Program(api, () => primary) { Subjects = new ByHeader() };

        program.Invoking(one => one.Client()).Should().Throw<InvalidOperationException>()
            .WithMessage("*'api'*new SocketsHttpHandler { UseCookies = false }*Placement:KeepCookies*'crm'*");
    }

    [Fact]
    public async Task A_primary_handler_that_has_run_without_cookies_is_taken()
    {
        using var primary = new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false };
        await using var api = new RawApi(Sessions);
        using (var used = new HttpClient(primary, disposeHandler: false))
        {
            using var response = await used.GetAsync(api.Url);
        }

        // Wrapped, because the platform itself sets something on a handler that it finds.
        await using var program = new Program(api, () => new PassingHandler(primary)) { Subjects = new ByHeader() };

        await program.GetAsync("alice");

        api.Heads.Should().HaveCount(2);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_primary_handler_that_another_client_uses_is_not_changed(bool otherHasToken)
    {
        using var primary = new SocketsHttpHandler();
        await using var api = new RawApi(Sessions);
        await using var program = new Program(api, () => primary) { Subjects = new ByHeader(), More = services => Second(services, primary, otherHasToken) };
        _ = program.Client("other");

        program.Invoking(one => one.Client()).Should().Throw<InvalidOperationException>().WithMessage("*'api'*'other'*UseCookies = false*");
        primary.UseCookies.Should().BeTrue();
    }

    [Fact]
    public async Task A_client_of_one_identity_does_not_take_a_handler_whose_cookies_another_lost()
    {
        using var primary = new SocketsHttpHandler();
        await using var api = new RawApi(Sessions);
        await using var program = new Program(api, () => primary) { Subjects = new ByHeader(), More = services => Second(services, primary, hasToken: true) };
        _ = program.Client();

        program.Invoking(one => one.Client("other")).Should().Throw<InvalidOperationException>().WithMessage("*'other'*'api'*UseCookies = false*");
    }

    [Fact]
    public async Task The_same_handler_for_the_same_client_is_taken_again_and_again()
    {
        using var primary = new SocketsHttpHandler();
        await using var api = new RawApi(Sessions);
        await using var program = new Program(api, () => primary) { Subjects = new ByHeader() };
        var build = program.Service<IEnumerable<IHttpMessageHandlerBuilderFilter>>().OfType<CookieSwitch>().Single();
        await program.GetAsync("alice");

        // What the platform does when it replaces the handlers of a client.
        var builder = new FixedBuilder("api", primary, program.NewHandler());
        build.Configure(_ => { })(builder);

        builder.TokenHandler.Cookies.Notice!.IsDue.Should().BeFalse("it was given when the first cookie came");
        primary.UseCookies.Should().BeFalse();
    }

    [Fact]
    public async Task A_primary_handler_of_another_kind_is_left_alone_and_named_in_the_log()
    {
        await using var api = new RawApi(Sessions);
        await using var program = new Program(api, () => new StubPrimaryHandler(_ => new HttpResponseMessage())) { Subjects = new ByHeader() };

        await program.GetAsync("alice");

        program.Logs.Of(1014).Should().ContainSingle().Which.Message.Should().Contain("'api'").And.Contain(nameof(StubPrimaryHandler));
    }

    [Fact]
    public async Task A_subject_that_brings_a_grant_of_its_own_is_refused_where_cookies_are_kept()
    {
        var definition = HandlerFixture.Define() with { Request = Exchange("client.id"), RefreshRequest = Exchange("token.refresh") };
        await using var api = new RawApi(Sessions);
        await using var keeping = new Program(api, null) { Definition = definition };
        await using var keepingNone = new Program(api, () => new SocketsHttpHandler { UseCookies = false }) { Definition = definition };
        using var first = new HttpRequestMessage(HttpMethod.Get, "orders").SetTokenSubject("bob");
        using var second = new HttpRequestMessage(HttpMethod.Get, "orders").SetTokenSubject("bob");

        await keeping.Client().Invoking(http => http.SendAsync(first)).Should().ThrowAsync<InvalidOperationException>()
            .WithMessage("*'api'*UseSubject*'crm'*UseCookies = false*");
        using var response = await keepingNone.Client().SendAsync(second);

        response.StatusCode.Should().Be(HttpStatusCode.OK);
        api.Heads.Should().ContainSingle();
    }

    private static TokenDefinition DefinitionWith(string what)
    {
        var plain = HandlerFixture.Define();
        return what switch
        {
            "parameters by resolver" => plain with { ResolvedParams = ["shop"] },
            "a refresh token that a person consented to" => plain with { RefreshRequest = Exchange("token.refresh") },
            "a request that reads the subject" => plain with { Request = Exchange("subject") },
            "a refresh that reads the subject" => plain with { Request = Exchange("client.id"), RefreshRequest = Exchange("subject") },
            "a seed that reads the subject" => plain with { Request = Exchange("client.id"), Seed = new() { Identity = [new FixedTemplate("${subject}")] } },
            "a placement that reads the subject" => HandlerFixture.Define(
                new() { Headers = [.. HandlerFixture.Bearer.Headers, FixedTemplate.Field("X-Tenant", "t${subject?}")] }),
            "a token in a cookie" => HandlerFixture.Define(new() { Headers = [FixedTemplate.Field("Cookie", "token=${token.access}")] }),
            _ => throw new ArgumentOutOfRangeException(nameof(what)),
        };
    }

    private static ExchangeDefinition Exchange(string reads) => new()
    {
        Section = "Request",
        Url = [],
        Body = new BodyDefinition.None(),
        Response = MapBench.StandardResponse,
        References = [.. ExpressionParser.Parse(reads).References],
    };

    private static void Second(IServiceCollection services, HttpMessageHandler primary, bool hasToken)
    {
        var other = services.AddHttpClient("other").ConfigurePrimaryHttpMessageHandler(() => primary);
        if (hasToken)
        {
            var definition = HandlerFixture.Define();
            services.AddKeyedSingleton<ITokenSource>("erp", new FakeTokenSource(definition));
            services.AddKeyedSingleton<IDefinitionSource>("erp", new SettableDefinitionSource(definition));
            other.AddTokenRefreshHandler("erp");
        }
    }

    private static string? Line(string head, string name) =>
        head.Split("\r\n").SingleOrDefault(line => line.StartsWith(name + ":", StringComparison.OrdinalIgnoreCase));

    private sealed class Program(RawApi api, Func<HttpMessageHandler>? primary) : IAsyncDisposable
    {
        private ServiceProvider? _provider;

        public ITokenSubjectResolver? Subjects { get; init; }

        public RecordedLogs Logs { get; } = new();

        public TokenDefinition Definition
        {
            get;
            init => field = value with { DangerousAllowHttpOnLoopback = true };
        }
        = HandlerFixture.Define() with { DangerousAllowHttpOnLoopback = true };

        public Action<IServiceCollection>? More { get; init; }

        public HttpClient Client(string name = "api") => Provider().GetRequiredService<IHttpClientFactory>().CreateClient(name);

        public T Service<T>()
            where T : notnull => Provider().GetRequiredService<T>();

        public TokenRefreshHandler NewHandler() => new(
            new FakeTokenSource(Definition), new SettableDefinitionSource(Definition), "api", Service<TokenHandlerServices>(),
            Subjects is null ? null : new CallSubjects(Subjects, allowsNone: false, "crm", "api"));

        public async Task GetAsync(string? who = null)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, "orders");
            if (who is not null)
            {
                request.Headers.Add("X-Who", who);
            }

            using var response = await Client().SendAsync(request);
            response.StatusCode.Should().Be(HttpStatusCode.OK);
        }

        public ValueTask DisposeAsync() => _provider?.DisposeAsync() ?? default;

        private ServiceProvider Provider()
        {
            if (_provider is not null)
            {
                return _provider;
            }

            var services = new ServiceCollection();
            services.AddLogging(logging => logging.AddRecordedLogs(Logs));
            services.AddKeyedSingleton<ITokenSource>("crm", new FakeTokenSource(Definition));
            services.AddKeyedSingleton<IDefinitionSource>("crm", new SettableDefinitionSource(Definition));
            if (Subjects is not null)
            {
                services.AddKeyedSingleton("crm", Subjects);
            }

            var client = services.AddHttpClient("api", http => http.BaseAddress = new(api.Url)).AddTokenRefreshHandler("crm");
            if (primary is not null)
            {
                client.ConfigurePrimaryHttpMessageHandler(primary);
            }

            More?.Invoke(services);
            return _provider = services.BuildServiceProvider(new ServiceProviderOptions { ValidateScopes = true, ValidateOnBuild = true });
        }
    }

    private sealed class ByHeader : ITokenSubjectResolver
    {
        public ValueTask<string?> ResolveAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
            new(request.Headers.TryGetValues("X-Who", out var who) ? who.Single() : null);
    }

    private sealed class FixedBuilder(string name, HttpMessageHandler primary, TokenRefreshHandler tokenHandler) : HttpMessageHandlerBuilder
    {
        public override string? Name { get; set; } = name;

        public override HttpMessageHandler PrimaryHandler { get; set; } = primary;

        public override IList<DelegatingHandler> AdditionalHandlers { get; } = [tokenHandler];

        public TokenRefreshHandler TokenHandler => tokenHandler;

        public override HttpMessageHandler Build() => PrimaryHandler;
    }

    private sealed class PassingHandler(HttpMessageHandler inner) : DelegatingHandler(inner);
}
