using System.Collections.Immutable;
using TokenKit.Definitions;

namespace TokenKit.Tests;

public sealed class ValidateStepTests
{
    [Theory]
    [InlineData("at-1")]
    [InlineData("123|s3cr3t:~!")]
    [InlineData("a,b;c=\"d\"\\")]
    public void A_token_of_visible_ascii_is_accepted(string token) =>
        new MapBench().Validate(Candidate(token)).Value!.Set.AccessToken!.Reveal().Should().Be(token);

    [Theory]
    [InlineData(" at-s3cr3t")]
    [InlineData("at-s3cr3t ")]
    [InlineData("at s3cr3t")]
    [InlineData("at-s3cr3t\t")]
    [InlineData("at-s3cr3t\r\nX-Evil: 1")]
    [InlineData("at-s3cr3t\n")]
    [InlineData("at-s3cr3t\0")]
    [InlineData("at\u007f")]
    [InlineData("at-é")]
    [InlineData("at-\U0001F600")]
    public void A_token_that_is_not_safe_in_a_header_is_refused(string token)
    {
        var failure = new MapBench().Validate(Candidate(token)).Failure!;

        failure.Reason.Should().Be(RefreshFailureReason.TokenInvalid);
        failure.Message.Should().NotContain("s3cr3t");
    }

    [Theory]
    [InlineData(64 * 1024, null)]
    [InlineData((64 * 1024) + 1, "The answer to the renewal (RefreshRequest) was not used. The values and the scope that the answer gave come to 65537 characters, and 65536 can be stored with a token. Select less in Response.Values.")]
    public void Values_and_scope_of_more_than_64_ki_characters_are_refused(int size, string? message)
    {
        const string name = "all";
        const string scope = "read";
        var value = new TokenValue(new string('x', size - name.Length - scope.Length));

        var validated = new MapBench().Validate(Candidate("at-1") with { Scope = scope, Values = ImmutableDictionary<string, TokenValue>.Empty.Add(name, value) });

        (validated.Failure?.Reason, validated.Failure?.Message).Should().Be(
            (message is null ? (RefreshFailureReason?)null : RefreshFailureReason.TokenInvalid, message));
    }

    [Fact]
    public void An_empty_token_is_missing() =>
        new MapBench().Validate(Candidate("")).Failure!.Reason.Should().Be(RefreshFailureReason.TokenMissing);

    [Theory]
    [InlineData("Bearer")]
    [InlineData("bEARER")]
    [InlineData(" bearer ")]
    public void The_type_bearer_is_compared_without_case_and_blanks(string type)
    {
        var accepted = new MapBench().Validate(Candidate("at-1") with { TokenType = type }).Value!;

        accepted.Set.TokenType.Should().Be("Bearer");
        accepted.Warnings.Should().BeEmpty();
    }

    [Theory]
    [InlineData("mac")]
    [InlineData("N_A")]
    [InlineData("JWT")]
    [InlineData("DPoP")]
    [InlineData("Bearer,DPoP")]
    [InlineData("Bearer\r\nX-Injected: s3cr3t")]
    [InlineData("1")]
    public void A_token_of_another_type_is_not_used_as_bearer(string type)
    {
        var failure = new MapBench().Validate(Candidate("at-1") with { TokenType = type }).Failure!;

        failure.Reason.Should().Be(RefreshFailureReason.TokenInvalid);
        failure.Message.Should().NotContain("s3cr3t");
        failure.Message.Any(char.IsControl).Should().BeFalse();
    }

    [Fact]
    public void A_definition_that_places_the_token_its_own_way_answers_for_the_type()
    {
        var bench = new MapBench { PlacedHeader = "OAuth ${token.access}" };

        var accepted = bench.Validate(Candidate("at-1") with { TokenType = "JWT" }).Value!;
        accepted.Set.TokenType.Should().Be("JWT");
        bench.Validate(Candidate("at-1") with { TokenType = null }).Value!.Warnings.Should().BeEmpty();
        bench.Validate(Candidate("at-1") with { TokenType = "N_A" }).Failure!.Reason.Should().Be(RefreshFailureReason.TokenInvalid);
    }

    [Theory]
    [InlineData("DPoP")]
    [InlineData("PoP")]
    [InlineData("MAC")]
    [InlineData("N_A")]
    [InlineData("pop")]
    [InlineData("mac")]
    public void A_definition_that_writes_bearer_itself_does_not_answer_for_a_token_that_needs_more_than_itself(string type)
    {
        var bench = new MapBench { AnswersForType = true };

        bench.Validate(Candidate("at-1") with { TokenType = "JWT" }).Succeeded.Should().BeTrue();
        bench.Validate(Candidate("at-1") with { TokenType = type }).Failure!.Reason.Should().Be(RefreshFailureReason.TokenInvalid);
    }

    [Fact]
    public void One_header_that_places_the_token_as_bearer_is_enough_to_demand_the_type()
    {
        var second = new MapBench { FurtherHeader = ["${token.access}"] };
        var alternative = new MapBench { PlacedHeader = "OAuth ${token.access}", FurtherHeader = ["${token.values.key?}", "Bearer ${token.access}"] };

        foreach (var bench in new[] { second, alternative })
        {
            bench.Validate(Candidate("at-1") with { TokenType = "JWT" }).Failure!.Reason.Should().Be(RefreshFailureReason.TokenInvalid);
            bench.Validate(Candidate("at-1") with { TokenType = null }).Value!.Warnings.Should().Equal("token_type_missing");
        }
    }

    [Fact]
    public void A_missing_type_is_bearer_with_a_warning_where_the_definition_looks_for_one()
    {
        var unread = new MapBench { Response = MapBench.StandardResponse with { TokenType = [] } };
        var spelledOut = new MapBench { PromisesTokenType = false };

        new MapBench().Validate(Candidate("at-1") with { TokenType = null }).Value!.Warnings.Should().Equal("token_type_missing");
        unread.Validate(Candidate("at-1") with { TokenType = null }).Value!.Warnings.Should().BeEmpty();
        spelledOut.Validate(Candidate("at-1") with { TokenType = null }).Value!.Warnings.Should().BeEmpty("no standard promises it");
    }

    [Theory]
    [InlineData("BearerToken", true)]
    [InlineData("jwt-bearer", true)]
    [InlineData("JWT", true)]
    [InlineData("DPoP", false)]
    [InlineData("N_A", false)]
    public void A_type_that_may_be_bearer_by_another_name_is_refused_with_the_line_that_helps(string type, bool mayHelp)
    {
        var failure = new MapBench().Validate(Candidate("at-1") with { TokenType = type }).Failure!;

        failure.Message.Contains("Placement.Value = 'Bearer ${token.access}'", StringComparison.Ordinal).Should().Be(mayHelp);
    }

    [Theory]
    [InlineData("KeepIfAbsent", "rt-2", "rt-2")]
    [InlineData("KeepIfAbsent", null, "rt-s3cr3t-OLD")]
    [InlineData("AlwaysKeep", "rt-2", "rt-s3cr3t-OLD")]
    [InlineData("Replace", "rt-2", "rt-2")]
    [InlineData("Replace", null, null)]
    [InlineData("Replace", "r\nt", "rt-s3cr3t-OLD")]
    [InlineData("KeepIfAbsent", "r\nt", "rt-s3cr3t-OLD")]
    [InlineData("KeepIfAbsent", " rt-2\r\n", "rt-2")]
    [InlineData("Required", "rt-2", "rt-2")]
    public void The_refresh_token_rule_decides_what_is_stored(string rule, string? came, string? stored)
    {
        var bench = new MapBench { Response = MapBench.StandardResponse with { RefreshTokenRule = Enum.Parse<RefreshTokenRule>(rule) } };

        var accepted = bench.Validate(Candidate("at-1") with { RefreshToken = came is null ? null : new SecretText(came) }).Value!;

        (accepted.Set.RefreshToken?.Reveal()).Should().Be(stored);
        accepted.Warnings.Contains("refresh_token_invalid").Should().Be(came == "r\nt");
    }

    [Fact]
    public void The_first_refresh_token_is_stored_although_every_later_one_is_passed_over()
    {
        var bench = new MapBench { Response = MapBench.StandardResponse with { RefreshTokenRule = RefreshTokenRule.AlwaysKeep }, Stored = null };

        var accepted = bench.Validate(Candidate("at-1") with { RefreshToken = new SecretText("rt-1") }).Value!;

        accepted.Set.RefreshToken!.Reveal().Should().Be("rt-1");
    }

    [Fact]
    public void A_required_refresh_token_that_is_missing_fails_the_answer()
    {
        var bench = new MapBench { Response = MapBench.StandardResponse with { RefreshTokenRule = RefreshTokenRule.Required } };

        bench.Validate(Candidate("at-1")).Failure!.Reason.Should().Be(RefreshFailureReason.TokenMissing);
    }

    [Fact]
    public void What_the_answer_does_not_say_is_kept_from_before()
    {
        var stored = new TokenSet
        {
            AccessToken = new SecretText("at-0"),
            RefreshToken = new SecretText("rt-0"),
            Scope = "read",
            SeedHashes = ["seed"],
            RefreshTokenExpiresAt = new DateTimeOffset(2027, 1, 1, 0, 0, 0, TimeSpan.Zero),
            Values = ImmutableDictionary<string, TokenValue>.Empty.Add("url", new TokenValue("old")).Add("id", new TokenValue("7")),
        };
        var bench = new MapBench { Stored = stored };
        var candidate = Candidate("at-1") with { Values = ImmutableDictionary<string, TokenValue>.Empty.Add("url", new TokenValue("new")) };

        var tokens = bench.Validate(candidate).Value!.Set;

        tokens.Scope.Should().Be("read");
        tokens.SeedHashes.Should().Equal("seed");
        tokens.RefreshTokenExpiresAt.Should().Be(stored.RefreshTokenExpiresAt);
        tokens.Values["url"].Text.Should().Be("new");
        tokens.Values["id"].Text.Should().Be("7");
        bench.Validate(candidate with { RefreshToken = new SecretText("rt-1") }).Value!.Set.RefreshTokenExpiresAt
            .Should().BeNull("a new refresh token has a lifetime of its own, and the answer named none");
    }

    [Fact]
    public void What_the_server_granted_now_is_stored_in_the_place_of_the_former_scope()
    {
        var first = new MapBench { Stored = null };
        var later = new MapBench { Stored = new TokenSet { RefreshToken = new SecretText("rt-0"), Scope = "read write" } };

        first.Validate(Candidate("at-1") with { Scope = "read" }).Value!.Set.Scope.Should().Be("read");
        later.Validate(Candidate("at-1") with { Scope = "read" }).Value!.Set.Scope.Should().Be("read");
    }

    [Fact]
    public void Times_count_from_just_before_the_request_left()
    {
        var bench = new MapBench();
        var candidate = Candidate("at-1") with { Lifetime = TimeSpan.FromHours(1), RefreshToken = new SecretText("rt-1"), RefreshTokenLifetime = TimeSpan.FromDays(30) };

        var tokens = bench.Validate(candidate).Value!.Set;

        tokens.ObtainedAt.Should().Be(bench.Time.GetUtcNow());
        tokens.Lifetime.Should().Be(TimeSpan.FromHours(1));
        tokens.RefreshAfter.Should().BeCloseTo(TimeSpan.FromMinutes(45), TimeSpan.FromMinutes(4.6));
        tokens.RefreshTokenExpiresAt.Should().Be(bench.Time.GetUtcNow() + TimeSpan.FromDays(30));
        bench.Validate(candidate with { RefreshTokenLifetime = TimeSpan.MaxValue }).Value!.Set.RefreshTokenExpiresAt
            .Should().Be(DateTimeOffset.MaxValue);
    }

    [Fact]
    public void The_refresh_point_is_drawn_anew_for_each_token()
    {
        var bench = new MapBench();

        Enumerable.Range(0, 10).Select(_ => bench.Validate(Candidate("at-1")).Value!.Set.RefreshAfter).Distinct().Should().HaveCount(10);
    }

    [Theory]
    [InlineData(null, 300)]
    [InlineData(-5.0, 0)]
    [InlineData(1e9, 365 * 86_400)]
    public void An_unknown_lifetime_is_the_definitions_default_and_none_exceeds_a_year(double? seconds, double expected)
    {
        var candidate = Candidate("at-1") with { Lifetime = seconds is { } known ? TimeSpan.FromSeconds(known) : null };

        new MapBench().Validate(candidate).Value!.Set.Lifetime.TotalSeconds.Should().Be(expected);
    }

    [Fact]
    public void A_token_lives_for_ever_only_where_the_definition_says_never()
    {
        var bench = new MapBench { Response = MapBench.StandardResponse with { DefaultLifetime = Timeout.InfiniteTimeSpan } };

        var tokens = bench.Validate(Candidate("at-1") with { Lifetime = null }).Value!.Set;

        tokens.Lifetime.Should().Be(Timeout.InfiniteTimeSpan);
        tokens.RefreshAfter.Should().Be(Timeout.InfiniteTimeSpan);
    }

    [Theory]
    [InlineData("read write", "read", true)]
    [InlineData("read write", "write read admin", false)]
    [InlineData("read,write", "read write", false)]
    [InlineData("read write", "READ write", true)]
    [InlineData("read", "", true)]
    [InlineData("read", null, false)]
    [InlineData("openid read offline_access", "read", false)]
    [InlineData("openid read offline_access", "openid", true)]
    [InlineData(null, "read", false)]
    public void A_grant_of_less_than_was_asked_for_is_noticed(string? requested, string? granted, bool reduced)
    {
        var bench = new MapBench { RequestedScope = requested };

        bench.Validate(Candidate("at-1") with { Scope = granted }).Value!.Warnings.Contains("scope_reduced").Should().Be(reduced);
    }

    [Fact]
    public void Every_validator_must_agree_and_one_that_throws_refuses()
    {
        var agreeing = new MapBench { Validators = { new Judge(_ => TokenValidationResult.Success) } };
        var refusing = new MapBench
        {
            Validators = { new Judge(_ => TokenValidationResult.Success), new Judge(_ => TokenValidationResult.Fail("it is of the wrong tenant")) },
        };
        var throwing = new MapBench { Validators = { new Judge(candidate => throw new FormatException(candidate.AccessToken.Reveal())) } };

        agreeing.Validate(Candidate("at-1")).Succeeded.Should().BeTrue();
        refusing.Validate(Candidate("at-1")).Failure!.Message.Should().EndWith(" was not used. Judge refused the token: it is of the wrong tenant");
        var failure = throwing.Validate(Candidate("at-s3cr3t")).Failure!;
        failure.Reason.Should().Be(RefreshFailureReason.TokenInvalid);
        failure.Message.Should().Contain("FormatException").And.NotContain("s3cr3t");
        failure.Exception.Should().BeNull("its message quotes the token");
    }

    [Fact]
    public void A_validator_that_says_nothing_refuses()
    {
        var silent = new MapBench { Validators = { new Judge(_ => null!) } };

        silent.Validate(Candidate("at-1")).Failure!.Message.Should().EndWith(" was not used. Judge returned null, which refuses the token. Mend the validator.");
    }

    private static TokenCandidate Candidate(string token) => new()
    {
        AccessToken = new SecretText(token),
        TokenType = "Bearer",
        Lifetime = TimeSpan.FromHours(1),
    };

    private sealed class Judge(Func<TokenCandidate, TokenValidationResult> judge) : ITokenValidator
    {
        public TokenValidationResult Validate(TokenCandidate candidate, TokenSet? stored) => judge(candidate);
    }
}
