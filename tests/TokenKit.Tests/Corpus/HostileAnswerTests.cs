using System.Collections.Immutable;

namespace TokenKit.Tests;

/// <summary>The corpus against the map and validate steps alone: what an answer means, once it is there.</summary>
public sealed class HostileAnswerTests
{
    // What the wire does and how much of it is taken is the request step's affair; the whole way is tested elsewhere.
    private static readonly ImmutableHashSet<string> OfTheRequestStep = ["size", "transport"];

    public static TheoryData<string> Answers() =>
        [.. HostileResponses.Included.Where(IsAnswer).Select(response => response.Id)];

    [Fact]
    public void The_corpus_is_there()
    {
        HostileResponses.Included.Should().HaveCountGreaterThan(100);
        HostileResponses.Included.Should().OnlyHaveUniqueItems(response => response.Id);
    }

    [Theory]
    [MemberData(nameof(Answers))]
    public void A_hostile_answer_means_what_the_policy_says(string id)
    {
        var response = HostileResponses.Included.Single(one => one.Id == id);
        var bench = new MapBench { RequestedScope = response.Scope };
        var answer = MapBench.Answer(response.Answer.Body, response.Answer.Status, [.. Headers(response)]);

        var accepted = bench.Accept(answer, out var mapped);

        using var scope = new FluentAssertions.Execution.AssertionScope(response.Note);
        var expected = response.Expected;
        if (expected.IsToken)
        {
            accepted.Failure.Should().BeNull();
            Check(accepted.Value!, expected);
        }
        else
        {
            Check(accepted.Failure, expected);
            (mapped.RefreshToken?.Reveal()).Should().Be(expected.RefreshToken, "a usable new refresh token is saved whatever else is wrong");
        }
    }

    private static void Check(AcceptedToken accepted, HostileExpectation expected)
    {
        var tokens = accepted.Tokens;
        tokens.AccessToken!.Reveal().Should().Be(expected.AccessToken);
        tokens.RefreshToken!.Reveal().Should().Be(expected.RefreshToken ?? MapBench.StoredRefreshToken);
        expected.LifetimeSeconds!.Value.Allows(tokens.Lifetime.TotalSeconds)
            .Should().BeTrue($"{tokens.Lifetime.TotalSeconds} s was read and {expected.LifetimeSeconds} expected");
        accepted.Warnings.Contains("scope_reduced").Should().Be(expected.ScopeReduced);
        if (expected.Warning is { } warning)
        {
            accepted.Warnings.Should().Contain(warning);
        }
        else
        {
            accepted.Warnings.Should().NotContain("token_type_missing").And.NotContain("refresh_token_invalid");
        }
    }

    private static void Check(RefreshFailure? failure, HostileExpectation expected)
    {
        failure.Should().NotBeNull();
        expected.Reasons.Should().Contain(failure!.Reason);
        failure.ToString().Should().NotContain("s3cr3t");
        (failure.ErrorCode ?? "").Should().NotContain("s3cr3t");
        if (expected.GrantIsDead is { } dead)
        {
            (failure.Reason == RefreshFailureReason.ReauthorizationRequired).Should().Be(dead);
        }

        if (expected.RetryAfterSeconds is { } retryAfter)
        {
            var seconds = failure.RetryAfter?.TotalSeconds ?? -1;
            retryAfter.Allows(seconds).Should().BeTrue($"{seconds} s was read and {retryAfter} expected");
        }
    }

    private static bool IsAnswer(HostileResponse response) =>
        response.TransportKind is null && response.Then.IsEmpty && !OfTheRequestStep.Contains(response.Category);

    private static IEnumerable<(string Name, string Value)> Headers(HostileResponse response) =>
        response.Answer.Headers.IsEmpty
            ? [("Content-Type", "")]
            : response.Answer.Headers.Select(header => (header.Key, header.Value));
}
