using System.Collections.Immutable;
using TokenKit.Checking.Checks;

namespace TokenKit;

/// <summary>One refresh of a check: what it sent, and what each step made of the answer.</summary>
public sealed record CheckedRefresh
{
    /// <summary>When it began, by the clock of the check.</summary>
    public required DateTimeOffset StartedAt { get; init; }

    /// <summary>
    /// The exchange it began with: <c>Request</c>, <c>RefreshRequest</c> or <c>Seed</c>; <see langword="null"/> where there was
    /// nothing to send.
    /// </summary>
    public string? Exchange { get; init; }

    /// <summary>The requests, each with the answer it got.</summary>
    public required IReadOnlyList<CheckedRequest> Requests { get; init; }

    /// <summary>What the map step made of the last answer; <see langword="null"/> where it made nothing of it.</summary>
    public TokenCandidate? Candidate { get; init; }

    /// <summary>How it ended: outcome, failure, the steps that were reached, and what is stored now.</summary>
    public required RefreshResult Result { get; init; }

    /// <summary>Whether the refresh token that is stored now came with this refresh.</summary>
    public bool IsRefreshTokenNew { get; init; }

    /// <summary>Returns the report about this refresh as text for people, without any secret.</summary>
    /// <returns>Several lines.</returns>
    public override string ToString() => CheckText.Of(this);
}
