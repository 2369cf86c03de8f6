using TokenKit.Definitions;
using TokenKit.Refresh.Map;
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
}
