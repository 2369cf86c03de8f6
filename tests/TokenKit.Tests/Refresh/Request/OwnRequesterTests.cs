using System.Collections.Immutable;
using System.Net;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using TokenKit.Source;
using TokenKit.Testing;

namespace TokenKit.Tests;

/// <summary>Registrations whose requests or assertions the application's own code makes.</summary>
public class OwnRequesterTests
{
    private const string Ok = """{"access_token":"from-code","token_type":"Bearer","expires_in":3600,"refresh_token":"refresh-2"}""";

    [Fact]
    public async Task A_registration_with_a_requester_needs_neither_grant_nor_URL()
    {
        await using var services = With(new Requester(_ => Answer(200, Ok)));

        (await services.GetTokenSource("crm").GetTokenAsync()).Reveal().Should().Be("from-code");
    }

    [Fact]
    public async Task How_its_answer_is_read_can_be_said_without_a_request()
    {
        await using var services = With(
            new Requester(_ => Answer(200, """{"t":"from-code"}""")), static token => token.Response.AccessToken = "body.t");

        (await services.GetTokenSource("crm").GetTokenAsync()).Reveal().Should().Be("from-code");
    }

    [Fact]
    public async Task A_spelt_out_request_that_code_sends_needs_no_URL()
    {
        await using var services = With(
            new Requester(_ => Answer(200, Ok)), static token => token.RefreshRequest.Form.Add("refresh_token", "${token.refresh}"), seed: "refresh-1");

        (await services.GetTokenSource("crm").GetTokenAsync()).Reveal().Should().Be("from-code");
    }

    [Fact]
    public async Task What_a_requester_returns_as_a_refusal_of_the_stored_refresh_token_is_a_dead_grant()
    {
        var requester = new Requester(_ => Answer(400, """{"error":"invalid_grant"}"""));
        await using var services = With(requester, seed: "refresh-1");

        var failure = await FailureAsync(services);

        failure.Reason.Should().Be(RefreshFailureReason.ReauthorizationRequired);
        requester.Stored.Should().Equal("refresh-1");
    }

    [Fact]
    public async Task A_refresh_token_that_a_requester_was_given_is_not_given_out_again_while_a_token_works()
    {
        var requester = new Requester(static asked => asked == 0 ? Answer(200, Ok) : throw new FormatException());
        await using var services = With(requester, seed: "refresh-1");
        var source = services.GetTokenSource("crm");
        await source.GetTokenAsync();
        var slot = services.GetRequiredKeyedService<TokenComposition>("crm").Flights.OwnSlot;
        services.GetRequiredService<ManualTimeProvider>().Advance(TimeSpan.FromMinutes(50));

        await source.GetTokenAsync();
        await (slot.Flight?.EndAsync(CancellationToken.None) ?? Task.CompletedTask);
        services.GetRequiredService<ManualTimeProvider>().Advance(TimeSpan.FromMinutes(1));
        (await source.GetTokenAsync()).Reveal().Should().Be("from-code");
        await (slot.Flight?.EndAsync(CancellationToken.None) ?? Task.CompletedTask);

        requester.Stored.Should().Equal("refresh-1", "refresh-2");
        slot.Failure!.Failure.Exception.Should().BeOfType<FormatException>();
    }

    [Fact]
    public async Task An_assertion_source_is_asked_again_for_each_attempt()
    {
        var sent = new List<string>();
        var assertions = new Assertions(static asked => $"jti-{asked}");
        await using var services = WithAssertion(assertions, async request =>
        {
            sent.Add(await request.Content!.ReadAsStringAsync());
            return sent.Count < 3 ? HttpStatusCode.ServiceUnavailable : HttpStatusCode.OK;
        });

        await services.GetTokenSource("crm").GetTokenAsync();

        sent.Select(static body => body.Split("assertion=")[1]).Should().Equal("jti-0", "jti-1", "jti-2");
    }

    [Fact]
    public async Task An_assertion_source_whose_exception_may_pass_is_asked_again_before_anything_is_sent()
    {
        var assertions = new Assertions(static asked => asked == 0 ? throw new TimeoutException() : "jti");
        await using var services = WithAssertion(assertions, static _ => Task.FromResult(HttpStatusCode.OK));

        (await services.GetTokenSource("crm").GetTokenAsync()).Reveal().Should().Be("from-code");
    }

    [Fact]
    public async Task What_an_assertion_source_throws_is_kept_inside_the_failure_and_not_repeated()
    {
        using var logs = new RecordedLogs();
        var thrown = new NotSupportedException("No key.");
        var assertions = new Assertions(_ => throw thrown);
        await using var services = WithAssertion(assertions, static _ => throw new InvalidOperationException("Intentionally not provided."), logs);

        var refused = await RefusedAsync(services);

        refused.InnerException.Should().BeSameAs(thrown);
        logs.Of(1203).Should().ContainSingle().Which.Exception.Should().BeSameAs(thrown);
        var failure = refused.Failure;
        failure.Reason.Should().Be(RefreshFailureReason.SecretUnavailable);
        failure.Exception.Should().BeSameAs(thrown);
        failure.Message.Should().Contain("'saml'").And.Contain("Nothing was sent");
        assertions.Asked.Should().Be(1);
    }

    [Fact]
    public async Task What_a_requester_throws_is_the_inner_exception_and_in_the_log()
    {
        using var logs = new RecordedLogs();
        var thrown = new NotSupportedException("No key.");
        var requester = new Requester(_ => throw thrown);
        await using var services = With(requester, logs: logs);

        var refused = await RefusedAsync(services);

        refused.InnerException.Should().BeSameAs(thrown);
        refused.Message.Should().Contain("ITokenRequester").And.Contain("NotSupportedException").And.NotContain("No key.");
        logs.Of(1203).Should().ContainSingle().Which.Exception.Should().BeSameAs(thrown);
        requester.Stored.Should().ContainSingle("such a fault does not pass by itself");
    }

    private static async Task<RefreshFailure> FailureAsync(ServiceProvider services) => (await RefusedAsync(services)).Failure;

    private static async Task<TokenRefreshException> RefusedAsync(ServiceProvider services) =>
        (await services.GetTokenSource("crm").Awaiting(static source => source.GetTokenAsync().AsTask()).Should().ThrowAsync<TokenRefreshException>()).Which;

    private static ServiceProvider With(
        ITokenRequester requester, Action<TokenRefreshOptions>? configure = null, string? seed = null, RecordedLogs? logs = null)
    {
        var services = Services(logs);
        services.AddTokenRefresh("crm", token =>
        {
            token.Seed.RefreshToken = seed;
            configure?.Invoke(token);
        }).UseInMemoryStore();
        services.AddKeyedSingleton("crm", requester);
        return services.BuildServiceProvider();
    }

    private static ServiceProvider WithAssertion(IAssertionSource assertions, Func<HttpRequestMessage, Task<HttpStatusCode>> answer, RecordedLogs? logs = null)
    {
        var services = Services(logs);
        services.AddSingleton<Work.Randomness>(new FixedRandomness());
        services.AddTokenRefresh("crm", token =>
        {
            token.Grant = TokenGrants.JwtBearer;
            token.TokenEndpoint = "https://login.example.com/token";
            token.Assertion = "${assertion.saml}";
        }).UseInMemoryStore();
        services.AddKeyedSingleton("saml", assertions);
        services.AddHttpClient("tokenkit-crm").ConfigurePrimaryHttpMessageHandler(() => new Server(answer));
        return services.BuildServiceProvider();
    }

    private static ServiceCollection Services(RecordedLogs? logs)
    {
        var services = new ServiceCollection();
        if (logs is not null)
        {
            services.AddLogging(logging => logging.AddRecordedLogs(logs));
        }

        var time = new ManualTimeProvider();
        services.AddSingleton(time);
        services.AddSingleton<TimeProvider>(time);
        return services;
    }

    private static TokenAnswer Answer(int status, string body) =>
        new(status, ImmutableDictionary<string, IReadOnlyList<string>>.Empty, Encoding.UTF8.GetBytes(body));

    private sealed class Requester(Func<int, TokenAnswer> answer) : ITokenRequester
    {
        public List<string?> Stored { get; } = [];

        public ValueTask<TokenAnswer> RequestAsync(TokenRequesterContext context, CancellationToken cancellationToken)
        {
            Stored.Add(context.Stored?.RefreshToken?.Reveal());
            return new(answer(Stored.Count - 1));
        }
    }

    private sealed class Assertions(Func<int, string> make) : IAssertionSource
    {
        public int Asked { get; private set; }

        public ValueTask<string> GetAssertionAsync(AssertionContext context, CancellationToken cancellationToken) => new(make(Asked++));
    }

    private sealed class Server(Func<HttpRequestMessage, Task<HttpStatusCode>> answer) : HttpMessageHandler
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
            new(await answer(request)) { Content = new StringContent(Ok, Encoding.UTF8, "application/json") };
    }
}
