using TokenKit.Definitions;
using TokenKit.Refresh.Map;
using TokenKit.Values;

namespace TokenKit.Tests;

public sealed class FailureClassificationTests
{
    [Theory]
    [InlineData(400, "invalid_grant", RefreshFailureReason.ReauthorizationRequired)]
    [InlineData(401, "invalid_grant", RefreshFailureReason.ReauthorizationRequired)]
    [InlineData(403, "invalid_refresh_token", RefreshFailureReason.ReauthorizationRequired)]
    [InlineData(408, "invalid_grant", RefreshFailureReason.ReauthorizationRequired)]
    [InlineData(200, "consent_required", RefreshFailureReason.ReauthorizationRequired)]
    [InlineData(400, "interaction_required", RefreshFailureReason.ReauthorizationRequired)]
    [InlineData(400, "Invalid_Grant", RefreshFailureReason.RequestRejected)]
    [InlineData(400, " invalid_grant", RefreshFailureReason.RequestRejected)]
    [InlineData(400, "invalid_grant: expired", RefreshFailureReason.RequestRejected)]
    [InlineData(429, "invalid_grant", RefreshFailureReason.Throttled)]
    [InlineData(500, "invalid_grant", RefreshFailureReason.ServerError)]
    [InlineData(503, "invalid_grant", RefreshFailureReason.ServerError)]
    [InlineData(302, "invalid_grant", RefreshFailureReason.AnswerRefused)]
    [InlineData(999, "invalid_grant", RefreshFailureReason.RequestRejected)]
    [InlineData(199, "invalid_grant", RefreshFailureReason.RequestRejected)]
    [InlineData(400, "invalid_client", RefreshFailureReason.ClientRejected)]
    [InlineData(401, "unauthorized_client", RefreshFailureReason.ClientRejected)]
    [InlineData(400, "invalid_dpop_proof", RefreshFailureReason.ClientRejected)]
    [InlineData(401, null, RefreshFailureReason.ClientRejected)]
    [InlineData(401, "Unauthorized", RefreshFailureReason.ClientRejected)]
    [InlineData(401, "invalid_request", RefreshFailureReason.RequestRejected)]
    [InlineData(401, "server_error", RefreshFailureReason.ServerError)]
    [InlineData(200, "temporarily_unavailable", RefreshFailureReason.ServerError)]
    [InlineData(400, "use_dpop_nonce", RefreshFailureReason.RequestRejected)]
    [InlineData(403, null, RefreshFailureReason.RequestRejected)]
    [InlineData(407, null, RefreshFailureReason.Unreachable)]
    [InlineData(400, "slow_down", RefreshFailureReason.Throttled)]
    [InlineData(425, null, RefreshFailureReason.ServerError)]
    [InlineData(408, null, RefreshFailureReason.ServerError)]
    [InlineData(421, null, RefreshFailureReason.ServerError)]
    [InlineData(503, null, RefreshFailureReason.ServerError)]
    [InlineData(599, null, RefreshFailureReason.ServerError)]
    [InlineData(600, null, RefreshFailureReason.RequestRejected)]
    public void The_built_in_rules_are_these(int status, string? code, RefreshFailureReason reason) =>
        FailureClassification.Classify(status, code, hasRetryAfter: false).Should().Be(reason);

    [Theory]
    [InlineData("invalid_request")]
    [InlineData("unsupported_grant_type")]
    [InlineData("invalid_scope")]
    [InlineData("invalid_target")]
    [InlineData("access_denied")]
    [InlineData("insufficient_scope")]
    [InlineData("invalid_token")]
    [InlineData("use_dpop_nonce")]
    public void A_registered_word_about_the_request_says_more_than_a_401(string code)
    {
        FailureClassification.Classify(401, code, hasRetryAfter: false).Should().Be(RefreshFailureReason.RequestRejected);
        FailureClassification.Weigh(RefreshFailureReason.RequestRejected, SentGrant.Login, 401, code)
            .Should().Be((RefreshFailureReason.RequestRejected, null), "the login itself was not looked at");
    }

    private const RefreshFailureReason Dead = RefreshFailureReason.ReauthorizationRequired;
    private const RefreshFailureReason Client = RefreshFailureReason.ClientRejected;
    private const RefreshFailureReason Request = RefreshFailureReason.RequestRejected;

    // The reason that was read, the status and code; then what it means and what was spent, by what was sent: a stored token, a
    // code, a login, what a program has itself.
    [Theory]
    [InlineData(Dead, 400, "invalid_grant", "dead", "dead", "client/Login", "client/Program")]
    [InlineData(Dead, 401, null, "dead", "dead", "client/Login", "client/Program")]
    [InlineData(Dead, 200, "1001", "dead", "dead", "client/Login", "client/Program")]
    [InlineData(Dead, 400, "consent_required", "dead", "dead", "dead/Login", "dead/Program")]
    [InlineData(Dead, 400, "interaction_required", "dead", "dead", "dead/Login", "dead/Program")]
    [InlineData(Dead, 400, "login_required", "dead", "dead", "dead/Login", "dead/Program")]
    [InlineData(Client, 401, "invalid_client", "client/Client", "client/Client", "client/Client", "client/Client")]
    [InlineData(Client, 400, "unauthorized_client", "client/Client", "client/Client", "client/Client", "client/Client")]
    [InlineData(Client, 401, null, "client/Client", "client/Client", "client/Login", "client/Client")]
    [InlineData(Client, 401, "Unauthorized", "client/Client", "client/Client", "client/Login", "client/Client")]
    [InlineData(Request, 400, "wrong_password", "request", "request", "request/Login", "request")]
    [InlineData(Request, 200, null, "request", "request", "request/Login", "request")]
    [InlineData(Request, 403, null, "request", "request", "request/Login", "request")]
    [InlineData(Request, 422, null, "request", "request", "request/Login", "request")]
    [InlineData(Request, 423, null, "request", "request", "request/Login", "request")]
    [InlineData(Request, 404, null, "request", "request", "request", "request")]
    [InlineData(Request, 400, "invalid_scope", "request", "request", "request", "request")]
    public void What_was_sent_decides_what_a_refusal_means(
        RefreshFailureReason reason, int status, string? code, string stored, string redeemed, string login, string program)
    {
        string By(SentGrant grant)
        {
            var (weighed, refused) = FailureClassification.Weigh(reason, grant, status, code);
            var name = weighed == Dead ? "dead" : weighed == Client ? "client" : "request";
            return refused is null ? name : $"{name}/{refused}";
        }

        (By(SentGrant.Stored), By(SentGrant.Code), By(SentGrant.Login), By(SentGrant.Program)).Should().Be((stored, redeemed, login, program));
    }

    [Theory]
    [InlineData(RefreshFailureReason.ServerError, 500)]
    [InlineData(RefreshFailureReason.Throttled, 429)]
    [InlineData(RefreshFailureReason.AnswerRefused, 302)]
    public void A_server_in_trouble_has_refused_nothing(RefreshFailureReason reason, int status)
    {
        foreach (var grant in Enum.GetValues<SentGrant>())
        {
            FailureClassification.Weigh(reason, grant, status, "invalid_grant").Should().Be((reason, null));
        }
    }

    [Fact]
    public void A_login_that_is_answered_with_401_was_refused_although_the_word_beside_it_speaks_of_a_server_in_trouble()
    {
        RefusalKind? Refused(SentGrant grant) =>
            FailureClassification.Weigh(RefreshFailureReason.ServerError, grant, 401, "server_error").Refused;

        Refused(SentGrant.Login).Should().Be(RefusalKind.Login);
        new[] { SentGrant.Stored, SentGrant.Code, SentGrant.Program }.Select(Refused).Should().OnlyContain(static kind => kind == null);
    }

    [Fact]
    public void A_503_that_asks_to_wait_is_throttling() =>
        FailureClassification.Classify(503, null, hasRetryAfter: true).Should().Be(RefreshFailureReason.Throttled);

    [Fact]
    public void No_code_kills_a_grant_on_a_429_or_5xx()
    {
        string[] codes = ["invalid_grant", "bad_refresh_token", "refresh_token_reused", "invalid_refresh_token", "login_required"];

        foreach (var status in Enumerable.Range(500, 100).Append(429))
        {
            foreach (var code in codes)
            {
                FailureClassification.Classify(status, code, hasRetryAfter: false)
                    .Should().NotBe(RefreshFailureReason.ReauthorizationRequired, "of {0} {1}", status, code);
            }
        }
    }
}
