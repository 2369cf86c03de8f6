using TokenKit.Definitions;
using TokenKit.Language.Expressions;

namespace TokenKit.Tests;

public sealed class MapStepTests
{
    [Fact]
    public void A_new_refresh_token_is_saved_although_the_access_token_is_missing()
    {
        var mapped = new MapBench().Map("""{"refresh_token":"rt-2"}""");

        mapped.Candidate.Failure!.Reason.Should().Be(RefreshFailureReason.TokenMissing);
        mapped.RefreshToken!.Reveal().Should().Be("rt-2");
        mapped.Candidate.Failure.IsAmbiguous.Should().BeFalse("the new refresh token proves what the server did");
    }

    [Theory]
    [InlineData("{}", true, true)]
    [InlineData("{}", false, false)]
    [InlineData("<html>", true, true)]
    [InlineData("", true, true)]
    [InlineData("<html>", false, false)]
    public void A_success_without_a_token_leaves_it_open_whether_a_sent_refresh_token_was_rotated(string body, bool sent, bool ambiguous) =>
        new MapBench { SendsStoredToken = sent }.Map(body).Candidate.Failure!.IsAmbiguous.Should().Be(ambiguous);

    [Theory]
    [InlineData(408, true)]
    [InlineData(502, true)]
    [InlineData(504, true)]
    [InlineData(500, false)]
    [InlineData(503, false)]
    [InlineData(421, false)]
    [InlineData(400, false)]
    public void Statuses_of_gateways_leave_the_outcome_open(int status, bool ambiguous) =>
        new MapBench().Map("", status).Candidate.Failure!.IsAmbiguous.Should().Be(ambiguous);

    [Fact]
    public void An_error_beside_a_token_wins_and_nothing_is_saved()
    {
        var mapped = new MapBench().Map("""{"access_token":"at-1","refresh_token":"rt-2","error":"invalid_request"}""");

        mapped.Candidate.Failure!.Reason.Should().Be(RefreshFailureReason.RequestRejected);
        mapped.RefreshToken.Should().BeNull();
    }

    [Theory]
    [InlineData("null")]
    [InlineData("false")]
    [InlineData("0")]
    [InlineData("0.0")]
    [InlineData("\"\"")]
    [InlineData("{}")]
    [InlineData("[]")]
    public void An_error_member_that_says_nothing_is_no_error(string error) =>
        new MapBench().Map($$"""{"access_token":"at-1","error":{{error}}}""").Candidate.Succeeded.Should().BeTrue();

    [Theory]
    [InlineData("true")]
    [InlineData("1")]
    [InlineData("\" \"")]
    [InlineData("{\"a\":null}")]
    [InlineData("[0]")]
    [InlineData("\"\\ud800\"")]
    public void Any_other_error_member_is_one(string error) =>
        new MapBench().Map($$"""{"access_token":"at-1","error":{{error}}}""").Candidate.Failure!.Reason
            .Should().Be(RefreshFailureReason.RequestRejected);

    [Theory]
    [InlineData("access_token", "\"a\"", "\"b\"")]
    [InlineData("token_type", "\"Bearer\"", "\"mac\"")]
    [InlineData("expires_in", "60", "61")]
    [InlineData("scope", "\"a\"", "\"b\"")]
    [InlineData("expires_in", "{}", "{}")]
    public void A_member_that_is_read_and_stands_twice_with_different_values_makes_the_answer_unreadable(string name, string first, string second)
    {
        var mapped = new MapBench().Map($$"""{"{{name}}":{{first}},"access_token":"at-1","refresh_token":"rt-2","{{name}}":{{second}}}"""
            .Replace("\"access_token\":\"at-1\",", name == "access_token" ? "" : "\"access_token\":\"at-1\",", StringComparison.Ordinal));

        mapped.Candidate.Failure!.Reason.Should().Be(RefreshFailureReason.AnswerUnreadable);
        mapped.Candidate.Failure.Message.Should().Contain($"'body.{name}' twice");
        mapped.RefreshToken!.Reveal().Should().Be("rt-2", "the refresh token itself is not in doubt");
    }

    [Fact]
    public void A_refresh_token_that_stands_twice_with_different_values_is_not_saved()
    {
        var mapped = new MapBench().Map("""{"access_token":"at-1","refresh_token":"rt-2","refresh_token":"rt-3"}""");

        mapped.Candidate.Failure!.Reason.Should().Be(RefreshFailureReason.AnswerUnreadable);
        mapped.RefreshToken.Should().BeNull();
    }

    [Fact]
    public void Nested_members_count_too_and_what_is_inside_a_repeated_one_is_not_read()
    {
        var response = MapBench.StandardResponse with { AccessToken = MapBench.Selectors("body.session.token") };

        new MapBench { Response = response }.Map("""{"session":{"token":"a"},"session":{"token":"b"}}""")
            .Candidate.Failure!.Reason.Should().Be(RefreshFailureReason.AnswerUnreadable);
    }

    [Theory]
    [InlineData("400", """{"error":"invalid_grant","error":"invalid_client"}""", RefreshFailureReason.RequestRejected)]
    [InlineData("200", """{"error":"invalid_grant","error":"invalid_client"}""", RefreshFailureReason.AnswerUnreadable)]
    [InlineData("400", """{"error":"invalid_grant","error":"invalid_grant"}""", RefreshFailureReason.ReauthorizationRequired)]
    public void An_error_that_stands_twice_kills_no_grant_unless_it_says_the_same(string status, string body, RefreshFailureReason reason) =>
        new MapBench().Map(body, int.Parse(status, System.Globalization.CultureInfo.InvariantCulture)).Candidate.Failure!.Reason.Should().Be(reason);

    [Fact]
    public void A_text_with_half_a_surrogate_pair_is_no_token_and_does_no_other_harm()
    {
        var mapped = new MapBench().Map("""{"access_token":"at\ud800","refresh_token":"rt-2","zz\udc00":1}""");
        var pair = new MapBench().Map("""{"access_token":"at-1","scope":"\ud83d\ude00"}""");

        mapped.Candidate.Failure!.Reason.Should().Be(RefreshFailureReason.TokenInvalid);
        mapped.RefreshToken!.Reveal().Should().Be("rt-2");
        pair.Candidate.Value!.Scope.Should().Be("\U0001F600");
    }

    [Theory]
    [InlineData("12345")]
    [InlineData("true")]
    [InlineData("false")]
    [InlineData("{\"value\":\"at-1\"}")]
    [InlineData("[\"at-1\"]")]
    public void An_access_token_that_is_no_text_is_invalid(string json) =>
        new MapBench().Map($$"""{"access_token":{{json}}}""").Candidate.Failure!.Reason.Should().Be(RefreshFailureReason.TokenInvalid);

    [Theory]
    [InlineData("\"rt-2\\r\\nx\"", true)]
    [InlineData("\"rt-\\u00e9\"", true)]
    [InlineData("\"   \"", true)]
    [InlineData("12", true)]
    [InlineData("{}", true)]
    [InlineData("\"\\ud800\"", true)]
    [InlineData("null", false)]
    [InlineData("\"\"", false)]
    public void An_unusable_refresh_token_is_passed_over_with_a_warning(string json, bool warned)
    {
        var mapped = new MapBench().Map($$"""{"access_token":"at-1","refresh_token":{{json}}}""");

        mapped.RefreshToken.Should().BeNull();
        mapped.Candidate.Value!.RefreshToken.Should().BeNull();
        mapped.Candidate.Value.Warnings.Contains("refresh_token_invalid").Should().Be(warned);
    }

    [Fact]
    public void Alternatives_are_tried_in_order_and_the_first_value_counts()
    {
        var response = MapBench.StandardResponse with { AccessToken = MapBench.Selectors("body.a", "body.b", "header['X-Token']") };
        var bench = new MapBench { Response = response };

        bench.Map("""{"a":"","b":"at-b"}""").Candidate.Value!.AccessToken.Reveal().Should().Be("at-b");
        bench.Map("{}", 200, ("x-token", " at-h ")).Candidate.Value!.AccessToken.Reveal().Should().Be("at-h");
    }

    [Fact]
    public void A_token_can_come_in_a_header_a_cookie_or_the_text_whatever_the_body_is()
    {
        var header = new MapBench { Response = MapBench.StandardResponse with { AccessToken = MapBench.Selectors("header['X-Token']") } };
        var cookie = new MapBench { Response = MapBench.StandardResponse with { AccessToken = MapBench.Selectors("cookie['session']") } };
        var text = new MapBench { Response = MapBench.StandardResponse with { AccessToken = MapBench.Selectors("trim(text)") } };

        header.Map("<html>hello</html>", 200, ("X-Token", "at-1"), ("X-Token", "at-2")).Candidate.Value!.AccessToken.Reveal().Should().Be("at-1");
        cookie.Map("", 200, ("Set-Cookie", "other=1; Path=/"), ("Set-Cookie", "session=old"), ("Set-Cookie", "session=at-1; HttpOnly"))
            .Candidate.Value!.AccessToken.Reveal().Should().Be("at-1");
        text.Map("c2VjcmV0==\n", 200, ("Content-Type", "text/plain")).Candidate.Value!.AccessToken.Reveal().Should().Be("c2VjcmV0==");
    }

    [Fact]
    public void The_format_of_the_definition_overrules_what_the_answer_looks_like()
    {
        var form = new MapBench { Response = MapBench.StandardResponse with { Format = ResponseFormat.Form } };
        var text = new MapBench { Response = MapBench.StandardResponse with { Format = ResponseFormat.Text } };
        var json = new MapBench { Response = MapBench.StandardResponse with { Format = ResponseFormat.Json } };

        form.Map("access_token=a%74-1", 200, ("Content-Type", "application/json")).Candidate.Value!.AccessToken.Reveal().Should().Be("at-1");
        text.Map("""{"access_token":"at-1"}""").Candidate.Failure!.Reason.Should().Be(RefreshFailureReason.TokenMissing);
        json.Map("access_token=at-1", 200, ("Content-Type", "application/x-www-form-urlencoded")).Candidate.Failure!.Reason
            .Should().Be(RefreshFailureReason.AnswerUnreadable);
    }

    [Fact]
    public void Earlier_steps_can_be_read()
    {
        var response = MapBench.StandardResponse with
        {
            AccessToken = MapBench.Selectors("concat(body.half, step[0].body.half, step[0].header['X-Half'], step[0].cookie['c'], step[0].status)"),
        };
        var first = MapBench.Answer("""{"half":"b"}""", 201, ("x-half", "c"), ("Set-Cookie", "c=d"));
        var last = MapBench.Answer("""{"half":"a"}""");
        var answer = new TokenAnswer(last.StatusCode, last.Headers, last.Body) { EarlierSteps = [first] };

        new MapBench { Response = response }.Map(answer).Candidate.Value!.AccessToken.Reveal().Should().Be("abcd201");
    }

    [Fact]
    public void A_success_test_of_the_definition_replaces_the_default_whole()
    {
        var bench = new MapBench { Response = MapBench.StandardResponse with { Success = ExpressionParser.Parse("body.ok && status == 418") } };

        bench.Map("""{"ok":true,"access_token":"at-1","error":"x"}""", 418).Candidate.Succeeded.Should().BeTrue();
        bench.Map("""{"ok":false,"access_token":"at-1"}""", 418).Candidate.Succeeded.Should().BeFalse();
        bench.Map("""{"ok":true,"access_token":"at-1"}""").Candidate.Succeeded.Should().BeFalse();
    }

    [Theory]
    [InlineData("<html>", RefreshFailureReason.AnswerUnreadable)]
    [InlineData("", RefreshFailureReason.TokenMissing)]
    public void A_success_test_that_finds_nothing_to_test_leaves_the_outcome_open(string body, RefreshFailureReason reason)
    {
        var bench = new MapBench { Response = MapBench.StandardResponse with { Success = ExpressionParser.Parse("body.ok") } };

        var failure = bench.Map(body).Candidate.Failure!;

        failure.Reason.Should().Be(reason);
        failure.IsAmbiguous.Should().BeTrue();
        bench.Map(body, 400).Candidate.Failure!.Reason.Should().Be(RefreshFailureReason.RequestRejected);
        bench.Map("""{"ok":false}""").Candidate.Failure!.Reason.Should().Be(RefreshFailureReason.RequestRejected);
    }

    [Fact]
    public void The_definitions_own_failure_rules_come_first()
    {
        var bench = new MapBench
        {
            Failures =
            [
                new FailureRule(ExpressionParser.Parse("body.code == 7"), RefreshFailureReason.Throttled, ExpressionParser.Parse("body.wait")),
                new FailureRule(ExpressionParser.Parse("status == 503"), RefreshFailureReason.ReauthorizationRequired),
            ],
        };

        var throttled = bench.Map("""{"code":7,"wait":9,"error":"invalid_grant"}""", 400).Candidate.Failure!;
        throttled.Reason.Should().Be(RefreshFailureReason.Throttled);
        throttled.RetryAfter.Should().Be(TimeSpan.FromSeconds(9));
        bench.Map("", 503).Candidate.Failure!.Reason.Should().Be(RefreshFailureReason.ReauthorizationRequired);
        bench.Map("""{"error":"invalid_client"}""", 400).Candidate.Failure!.Reason.Should().Be(RefreshFailureReason.ClientRejected);
    }

    [Fact]
    public void A_failure_rule_judges_a_success_without_a_token_and_not_one_with_a_token()
    {
        var bench = new MapBench { Failures = [new FailureRule(ExpressionParser.Parse("body.errcode != 0"), RefreshFailureReason.ReauthorizationRequired)] };

        bench.Map("""{"errcode":40030}""").Candidate.Failure!.Reason.Should().Be(RefreshFailureReason.ReauthorizationRequired);
        bench.Map("""{"access_token":"at-1"}""").Candidate.Succeeded.Should().BeTrue();
    }

    [Fact]
    public void A_failure_rule_that_catches_a_429_keeps_the_wait_that_the_server_asks_for()
    {
        var caught = ExpressionParser.Parse("status == 429 || status == 400");
        var bench = new MapBench { Failures = [new FailureRule(caught, RefreshFailureReason.RequestRejected)] };
        var own = new MapBench { Failures = [new FailureRule(caught, RefreshFailureReason.ClientRejected, ExpressionParser.Parse("body.wait"))] };
        var dead = new MapBench { Failures = [new FailureRule(caught, RefreshFailureReason.ReauthorizationRequired)] };

        bench.Map("", 429, ("Retry-After", "90")).Candidate.Failure!.RetryAfter.Should().Be(TimeSpan.FromSeconds(90));
        bench.Map("", 429).Candidate.Failure!.RetryAfter.Should().BeNull("nobody asked for a wait");
        bench.Map("", 400, ("Retry-After", "90")).Candidate.Failure!.RetryAfter.Should().BeNull();
        own.Map("""{"wait":7}""", 429, ("Retry-After", "90")).Candidate.Failure!.RetryAfter.Should().Be(TimeSpan.FromSeconds(7));
        own.Map("{}", 429, ("Retry-After", "90")).Candidate.Failure!.RetryAfter.Should().Be(TimeSpan.FromSeconds(90));
        dead.Map("", 429, ("Retry-After", "90")).Candidate.Failure!.RetryAfter.Should().BeNull("a person is waited for");
    }

    [Fact]
    public void A_server_that_says_slow_down_is_left_alone_for_a_minute()
    {
        var failure = new MapBench().Map("""{"error":"slow_down"}""", 400).Candidate.Failure!;

        failure.Reason.Should().Be(RefreshFailureReason.Throttled);
        failure.RetryAfter.Should().Be(TimeSpan.FromMinutes(1));
        failure.ErrorCode.Should().Be("slow_down");
    }

    [Fact]
    public void A_throttled_answer_always_says_how_long()
    {
        new MapBench().Map("", 429).Candidate.Failure!.RetryAfter.Should().Be(TimeSpan.FromMinutes(1));
        new MapBench().Map("", 429, ("Retry-After", "7")).Candidate.Failure!.RetryAfter.Should().Be(TimeSpan.FromSeconds(7));
        new MapBench().Map("", 500, ("Retry-After", "7")).Candidate.Failure!.RetryAfter.Should().Be(TimeSpan.FromSeconds(7));
        new MapBench().Map("", 400, ("Retry-After", "7")).Candidate.Failure!.RetryAfter.Should().BeNull();
    }

    [Fact]
    public void A_missing_token_is_explained_by_names_and_never_by_values()
    {
        var failure = new MapBench().Map("""{"accessToken":"at-s3cr3t","expires_in":3600,"rt-s3cr3t-leak":1,"a b\u001b":2}""").Candidate.Failure!;

        failure.Message.Should().Contain("'body.access_token'").And.Contain("accessToken, expires_in and 2 more");
        failure.Message.Should().NotContain("s3cr3t");
    }

    [Theory]
    [InlineData("invalid_scope", "invalid_scope")]
    [InlineData("bad token at-s3cr3t-OLD", "bad token ***")]
    [InlineData("rt-s3cr3t-OLD", null)]
    [InlineData("cs-s3cr3t is wrong", "*** is wrong")]
    [InlineData(" the token xyz is wrong ", "the token xyz is wrong")]
    [InlineData("no user ann.b@acme.example here", "no user *** here")]
    [InlineData("\\u001b[31mred\\u202e", null)]
    [InlineData("red\\u202eder", "red")]
    [InlineData("a\\r\\nb", "a")]
    [InlineData("say \\\"hi\\\"", "say")]
    [InlineData("a\\\"b\\\\c", "a")]
    public void An_error_code_is_shown_up_to_what_no_code_may_hold_and_never_with_a_secret(string code, string? shown)
    {
        var failure = new MapBench().Map($$"""{"error":"{{code}}","error_description":"desc-text"}""", 400).Candidate.Failure!;

        failure.ErrorCode.Should().Be(shown);
        failure.Message.Should().NotContain("s3cr3t").And.NotContain("desc-text");
        failure.Message.Any(char.IsControl).Should().BeFalse();
    }

    [Theory]
    [InlineData("""{"errcode":40164,"errmsg":"invalid ip 10.0.0.7, not in whitelist"}""", 200, RefreshFailureReason.TokenMissing, "40164", "invalid ip 10.0.0.7, not in whitelist")]
    [InlineData("""{"errcode":40164,"errmsg":""}""", 400, RefreshFailureReason.RequestRejected, "40164", null)]
    [InlineData("""{"errcode":0,"errmsg":"ok"}""", 400, RefreshFailureReason.RequestRejected, null, "ok")]
    public void An_error_that_is_a_number_and_its_words_reach_the_reader(
        string body, int status, RefreshFailureReason reason, string? code, string? description)
    {
        var response = MapBench.StandardResponse with { Error = MapBench.Selectors("body.errcode"), ErrorDescription = MapBench.Selectors("body.errmsg") };

        var failure = new MapBench { Response = response }.Map(body, status).Candidate.Failure!;

        (failure.Reason, failure.ErrorCode, failure.ErrorDescription).Should().Be((reason, code, description));
        failure.Message.Contains("'40164'", StringComparison.Ordinal).Should().Be(code is not null);
    }

    [Theory]
    [InlineData("AADSTS7000215: Invalid client secret provided.\\r\\nTrace ID: 7a", "AADSTS7000215: Invalid client secret provided. Trace ID: 7a")]
    [InlineData("The refresh token rt-s3cr3t-OLD is bad", "The refresh token *** is bad")]
    [InlineData("rt\\u200b-s3c\\u0007r3t-\\u202eOLD is bad", "rt*** is bad")]
    [InlineData("User \\\"ann@acme.example\\\", or ann%40acme.example.", "User '***', or ***.")]
    [InlineData("\\u001b[31mred\\u001b[0m \\u202eder \\u001b]0;title\\u0007x", "red der x")]
    [InlineData("\\u0000\\u2066 *** \\n", null)]
    [InlineData("", null)]
    public void A_servers_words_are_quoted_clean_and_without_secrets_and_stand_outside_the_message(string words, string? shown)
    {
        var failure = new MapBench().Map($$"""{"error":"invalid_client","error_description":"{{words}}"}""", 400).Candidate.Failure!;

        failure.ErrorDescription.Should().Be(shown);
        failure.Message.Should().NotContain("The server says");
        new TokenRefreshException(new TokenKey("crm"), failure).Message.Contains($" The server says: \"{shown}\"", StringComparison.Ordinal)
            .Should().Be(shown is not null);
    }

    [Theory]
    [InlineData("x", 300)]
    [InlineData("😀", 300)]
    [InlineData("y😀", 300)]
    public void A_servers_words_are_cut_after_300_characters(string word, int most)
    {
        var words = $"z{string.Concat(Enumerable.Repeat(word, 5000))}";

        var shown = new MapBench().Map($$"""{"error":"x","error_description":"{{words}}"}""", 400).Candidate.Failure!.ErrorDescription!;

        shown.Length.Should().BeInRange(most - 1, most);
        words.Should().StartWith(shown);
        char.IsHighSurrogate(shown[^1]).Should().BeFalse();
    }

    [Fact]
    public void A_long_error_code_is_cut()
    {
        var failure = new MapBench().Map($$"""{"error":"{{new string('x', 5000)}}"}""", 400).Candidate.Failure!;

        failure.ErrorCode.Should().Be(new string('x', 64));
    }

    [Fact]
    public void Named_values_are_taken_as_texts_and_marked_secret_where_the_definition_says_so()
    {
        var response = MapBench.StandardResponse with
        {
            Values =
            [
                new NamedSelector("url", MapBench.Selectors("body.instance_url"), IsSecret: false),
                new NamedSelector("key", MapBench.Selectors("body.key"), IsSecret: true),
                new NamedSelector("none", MapBench.Selectors("body.none"), IsSecret: false),
            ],
        };

        var values = new MapBench { Response = response }.Map("""{"access_token":"at-1","instance_url":"https://x","key":7}""").Candidate.Value!.Values;

        values.Should().HaveCount(2);
        values["url"].Should().Be(new TokenValue("https://x"));
        values["key"].Should().Be(new TokenValue("7", isSecret: true));
    }

    [Theory]
    [InlineData("\"a b\"", "a b")]
    [InlineData("[\"a\",\"b\"]", "a b")]
    [InlineData("[1]", null)]
    [InlineData("7", null)]
    [InlineData("null", null)]
    public void A_scope_is_a_text_or_a_list_of_texts(string json, string? scope) =>
        new MapBench().Map($$"""{"access_token":"at-1","scope":{{json}}}""").Candidate.Value!.Scope.Should().Be(scope);

    [Fact]
    public void A_success_without_a_token_prolongs_the_present_one_where_the_definition_says_so()
    {
        var bench = new MapBench { Response = MapBench.StandardResponse with { Prolong = TimeSpan.FromMinutes(20) } };

        var prolonged = bench.Map("", 204).Candidate.Value!;
        prolonged.AccessToken.Reveal().Should().Be("at-s3cr3t-OLD");
        prolonged.Lifetime.Should().Be(TimeSpan.FromMinutes(20));
        bench.Map("<html>").Candidate.Failure!.Reason.Should().Be(RefreshFailureReason.AnswerUnreadable);
        bench.Map("", 500).Candidate.Failure!.Reason.Should().Be(RefreshFailureReason.ServerError);
    }

    [Fact]
    public void A_refresh_token_that_must_stay_is_not_offered_for_saving()
    {
        var response = MapBench.StandardResponse with { RefreshTokenRule = RefreshTokenRule.AlwaysKeep };

        new MapBench { Response = response }.Map("""{"refresh_token":"rt-2"}""").RefreshToken.Should().BeNull();
        new MapBench { Response = response, Stored = null }.Map("""{"refresh_token":"rt-2"}""").RefreshToken!.Reveal().Should().Be("rt-2");
    }

    [Fact]
    public void A_refresh_token_of_an_earlier_step_is_offered_for_saving_unless_the_one_stored_must_stay()
    {
        var response = MapBench.StandardResponse with { RefreshTokenRule = RefreshTokenRule.AlwaysKeep };

        new MapBench().ReadStep("""{"refresh_token":"rt-2"}""").RefreshToken!.Reveal().Should().Be("rt-2");
        new MapBench { Response = response }.ReadStep("""{"refresh_token":"rt-2"}""").RefreshToken.Should().BeNull();
        new MapBench { Response = response, Stored = null }.ReadStep("""{"refresh_token":"rt-2"}""").RefreshToken!.Reveal().Should().Be("rt-2");
    }

    [Theory]
    [InlineData("\u00ef\u00bb\u00bf", RefreshFailureReason.TokenMissing)]
    [InlineData("\u00ef\u00bb\u00bf{\"error\":\"invalid_grant\"}", RefreshFailureReason.ReauthorizationRequired)]
    [InlineData("\u00ef\u00bb\u00bf\u00ef\u00bb\u00bf{}", RefreshFailureReason.AnswerUnreadable)]
    [InlineData("\u00fe\u00ff\u0000{\u0000}", RefreshFailureReason.AnswerUnreadable)]
    [InlineData("{\"access_token\":\"\u00c0\u00af\"}", RefreshFailureReason.AnswerUnreadable)]
    [InlineData("[{\"access_token\":\"at-1\"}]", RefreshFailureReason.AnswerUnreadable)]
    [InlineData("{}{}", RefreshFailureReason.AnswerUnreadable)]
    public void Bytes_are_read_by_our_own_rules(string octets, RefreshFailureReason reason) =>
        new MapBench().Map(MapBench.Answer(System.Text.Encoding.Latin1.GetBytes(octets))).Candidate.Failure!.Reason.Should().Be(reason);
}
