using System.Collections.Immutable;
using FluentAssertions.Execution;

namespace TokenKit.Tests;

/// <summary>What came of a case, and whether that is what the case says.</summary>
internal sealed record HostileOutcome
{
    public RefreshFailure? Failure { get; init; }

    public string? AccessToken { get; init; }

    public TimeSpan Lifetime { get; init; }

    /// <summary>What the store holds afterwards.</summary>
    public string? StoredRefreshToken { get; init; }

    public int Requests { get; init; }

    /// <summary><see langword="null"/> where they cannot be seen.</summary>
    public ImmutableArray<string>? Warnings { get; init; }

    public void ShouldMeet(HostileResponse response)
    {
        var expected = response.Expected;
        using var scope = new AssertionScope($"case '{response.Id}' ({response.Note})");
        if (expected.IsToken)
        {
            Failure.Should().BeNull();
            AccessToken.Should().Be(expected.AccessToken ?? AccessToken);
            if (expected.LifetimeSeconds is { } lifetime)
            {
                lifetime.Allows(Lifetime.TotalSeconds).Should().BeTrue($"{Lifetime.TotalSeconds} s was read and {lifetime} expected");
            }

            WarningsShouldMeet(expected);
        }
        else
        {
            AccessToken.Should().BeNull();
            FailureShouldMeet(expected);
        }

        StoredRefreshToken.Should().Be(expected.RefreshToken ?? MapBench.StoredRefreshToken);
        if (expected.Requests is { } requests)
        {
            requests.Allows(Requests).Should().BeTrue($"{Requests} requests were sent and {requests} expected");
        }
    }

    private void WarningsShouldMeet(HostileExpectation expected)
    {
        if (Warnings is not { } warnings)
        {
            return;
        }

        warnings.Contains("scope_reduced").Should().Be(expected.ScopeReduced);
        foreach (var warning in new[] { "token_type_missing", "refresh_token_invalid" }.Append(expected.Warning).OfType<string>())
        {
            warnings.Contains(warning).Should().Be(warning == expected.Warning, warning);
        }
    }

    private void FailureShouldMeet(HostileExpectation expected)
    {
        Failure.Should().NotBeNull();
        expected.Reasons.Should().Contain(Failure!.Reason);
        expected.Secrets.In($"{Failure} {Failure.ErrorCode} {Failure.ErrorDescription}", "failure").Should().BeEmpty();
        expected.Secrets.In(new TokenRefreshException(new TokenKey("crm"), Failure)).Should().BeEmpty();
        if (expected.GrantIsDead is { } dead)
        {
            (Failure.Reason == RefreshFailureReason.ReauthorizationRequired).Should().Be(dead);
        }

        if (expected.RetryAfterSeconds is { } retryAfter)
        {
            var seconds = Failure.RetryAfter?.TotalSeconds ?? -1;
            retryAfter.Allows(seconds).Should().BeTrue($"{seconds} s was read and {retryAfter} expected");
        }
    }
}
