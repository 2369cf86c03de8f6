using Microsoft.Extensions.DependencyInjection;
using Polly;
using Polly.CircuitBreaker;
using TokenKit.Definitions;
using TokenKit.Refresh.Map;
using TokenKit.Refresh.Request;
using TokenKit.Values;

namespace TokenKit.Tests;

/// <summary>What a failure tells the person on call: which request, what about it, and nothing that is not so.</summary>
public sealed class FailureMessageTests
{
    [Theory]
    [InlineData(400, """{"error":"invalid_request"}""")]
    [InlineData(429, "")]
    [InlineData(500, "")]
    [InlineData(200, """{"error":"a","error":"b"}""")]
    [InlineData(200, "{}")]
    [InlineData(200, "<html></html>")]
    [InlineData(200, """{"access_token":7}""")]
    [InlineData(200, """{"access_token":"at 1","token_type":"Bearer"}""")]
    [InlineData(200, """{"access_token":"at-1","token_type":"mac"}""")]
    public void Whatever_is_wrong_with_an_answer_is_said_of_the_request_by_name(int status, string body) =>
        new MapBench().Accept(MapBench.Answer(body, status), out _).Failure!.Message.Should().Contain("the renewal (RefreshRequest)");

    [Theory]
    [InlineData("7", "in 7 s")]
    [InlineData("soon", "in 60 s")]
    [InlineData("999999", "in 3600 s")]
    public void Throttling_says_for_how_long(string retryAfter, string said) =>
        new MapBench().Map("", 429, ("Retry-After", retryAfter)).Candidate.Failure!.Message.Should().Contain(said);

    [Fact]
    public void A_rule_that_sees_throttling_says_for_how_long()
    {
        var bench = new MapBench
        {
            Failures = [new FailureRule(MapBench.Selectors("body.busy")[0], RefreshFailureReason.Throttled, MapBench.Selectors("body.busy")[0])],
        };

        bench.Map("""{"busy":25}""", 400).Candidate.Failure!.Message.Should().Contain("in 25 s");
    }

    [Theory]
    [InlineData(true, true, "client id, secret")]
    [InlineData(true, false, "client id, secret")]
    [InlineData(false, true, "The grant is untouched")]
    [InlineData(false, false, "headers and fields")]
    public void A_rejected_client_is_spoken_of_where_there_is_one_and_a_grant_likewise(bool hasClient, bool sendsStored, string said)
    {
        var exchange = Exchange(hasClient, sendsStored, sendsRefreshToken: sendsStored);

        var advice = FailureClassification.AdviceFor(RefreshFailureReason.ClientRejected, RefusalKind.Client, exchange, wait: null);

        advice.Should().Contain(said);
        advice.Contains("client", StringComparison.Ordinal).Should().Be(hasClient);
        advice.Contains("grant", StringComparison.Ordinal).Should().Be(sendsStored);
    }

    [Theory]
    [InlineData(true, "refresh token")]
    [InlineData(false, "stored token")]
    public void A_refresh_token_is_spoken_of_only_where_one_was_sent(bool sendsRefreshToken, string said)
    {
        var exchange = Exchange(hasClient: false, sendsStored: true, sendsRefreshToken);

        var advice = FailureClassification.AdviceFor(RefreshFailureReason.ReauthorizationRequired, null, exchange, wait: null);

        advice.Should().Contain(said);
        advice.Contains("consent", StringComparison.Ordinal).Should().Be(sendsRefreshToken);
    }

    [Theory]
    [InlineData(false, SentGrant.Login, "the login (Request.Steps[1])")]
    [InlineData(false, SentGrant.Program, "the request (Request.Steps[1])")]
    [InlineData(false, SentGrant.Code, "the code (Request.Steps[1])")]
    [InlineData(true, SentGrant.Login, "the renewal (Request.Steps[1])")]
    internal void A_request_has_a_name_that_tells_what_it_is_for_and_which_step(bool sendsStored, SentGrant grant, string name) =>
        (Exchange(false, sendsStored, sendsStored) with { Grant = grant, Section = "Request.Steps[1]" }).Name.Should().Be(name);

    [Theory]
    [InlineData("""{ "Form": { "a": "${assertion.nobody}" }""", "No IAssertionSource")]
    [InlineData("""{ "Form": { "a": "${assertion.empty}" }""", "gave nothing")]
    [InlineData("""{ "Form": { "a": "${assertion.throws}" }""", "threw NotSupportedException")]
    [InlineData("""{ "Form": { "a": "${tokens.other.access}" }""", "'other'")]
    [InlineData("""{ "Sign": "nobody" """, "No IRequestSigner")]
    [InlineData("""{ "Sign": "throws" """, "threw NotSupportedException")]
    [InlineData("""{ "Sign": "moves" """, "changed where the request goes")]
    public async Task Trouble_with_what_others_bring_is_told_of_the_step_that_needs_it(string part, string trouble)
    {
        for (var step = 0; step < 2; step++)
        {
            await using var host = TwoSteps(step, part, services => services
                .AddKeyedSingleton<IAssertionSource>("empty", new Source(static () => Task.FromResult("")))
                .AddKeyedSingleton<IAssertionSource>("throws", new Source(static () => throw new NotSupportedException()))
                .AddKeyedSingleton<IRequestSigner>("throws", new Signer(static _ => throw new NotSupportedException()))
                .AddKeyedSingleton<IRequestSigner>("moves", new Signer(static request => request.RequestUri = new("https://elsewhere.example"))));

            var failure = (await host.RefreshAsync()).Failure!;

            failure.Message.Should().Contain(trouble).And.Contain($"the login (Request.Steps[{step}])");
        }
    }

    [Theory]
    [InlineData(true, "found no token")]
    [InlineData(false, "refused the answer")]
    public async Task A_mapper_that_does_not_like_an_answer_is_told_of_the_request(bool returnsNothing, string trouble)
    {
        await using var host = TwoSteps(0, "{", services => services.AddKeyedSingleton<ITokenResponseMapper>(
            LanguageHost.Name, new Mapper(() => returnsNothing ? null : throw new NotSupportedException())));
        host.Tokens.Then(Ok + """{"access_token":"at-1"}""");

        (await host.RefreshAsync()).Failure!.Message.Should().Contain(trouble).And.Contain("the answer to the login (Request.Steps[1])");
    }

    [Fact]
    public async Task Strategies_that_let_nothing_through_are_told_of_the_request()
    {
        await using var host = TwoSteps(0, "{", services => services.AddKeyedSingleton(LanguageHost.Name, new TokenEndpointResilience(
            static pipeline => pipeline.AddCircuitBreaker(new CircuitBreakerStrategyOptions<TokenAnswer> { ManualControl = new(isIsolated: true) }))));

        (await host.RefreshAsync()).Failure!.Message.Should().Contain("ConfigureTokenEndpointResilience").And.Contain("the login (Request.Steps[0])");
    }

    [Fact]
    public async Task An_assertion_that_comes_too_late_is_told_of_the_request()
    {
        var exchange = Exchange(false, false, false) with { References = [new("assertion", "slow")] };
        var never = new TaskCompletionSource<string>();
        var outside = new OutsideValues(new(null, _ => new Source(() => never.Task), static _ => null));

        var result = await outside.AssertionsAsync(exchange, new(), new("crm"), new CancellationToken(canceled: true));

        result.Failure!.Reason.Should().Be(RefreshFailureReason.TimedOut);
        result.Failure.Message.Should().Contain("'slow'").And.Contain("the request (Request)");
    }

    private const string Ok = "200\nContent-Type: application/json\n\n";

    /// <summary>A login in two steps, of which one has a part of its own.</summary>
    private static LanguageHost TwoSteps(int step, string part, Action<IServiceCollection> configure)
    {
        string Of(int number) => $$"""{{(number == step ? part : "{")}}{{(number == step && part.Length > 1 ? "," : "")}} "Url": "https://login.example.com/{{number}}" }""";
        var host = new LanguageHost($$"""{ "Request": { "Steps": [ {{Of(0)}}, {{Of(1)}} ] } }""", configure: configure);
        host.Tokens.Then(Ok + "{}");
        return host;
    }

    private static ExchangeDefinition Exchange(bool hasClient, bool sendsStored, bool sendsRefreshToken) => new()
    {
        Section = "Request",
        Url = [],
        Body = new BodyDefinition.None(),
        Response = MapBench.StandardResponse,
        References = [],
        SendsStoredToken = sendsStored,
        SendsRefreshToken = sendsRefreshToken,
        Client = new ClientDefinition { Id = hasClient ? TextTemplate.List("my-app") : [] },
    };

    private sealed class Source(Func<Task<string>> make) : IAssertionSource
    {
        public ValueTask<string> GetAssertionAsync(AssertionContext context, CancellationToken cancellationToken) => new(make());
    }

    private sealed class Signer(Action<HttpRequestMessage> sign) : IRequestSigner
    {
        public ValueTask SignAsync(HttpRequestMessage request, RequestSigningContext context, CancellationToken cancellationToken)
        {
            sign(request);
            return ValueTask.CompletedTask;
        }
    }

    private sealed class Mapper(Func<TokenCandidate?> map) : ITokenResponseMapper
    {
        public TokenCandidate? Map(TokenAnswer answer, TokenCandidate? candidate) => map();
    }
}
