using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using TokenKit.Placement;

namespace TokenKit.Refresh;

/// <summary>What one run of the five steps came to.</summary>
internal sealed record PipelineResult
{
    /// <summary>The token, ready to be published. Present also when it was superseded in the store: it still works once.</summary>
    public UsableToken? Token { get; init; }

    public RefreshFailure? Failure { get; init; }

    /// <summary>
    /// What the record holds, or should hold, after the salvage: with the refresh token that came in an answer which was
    /// of no other use. The one that was sent must not be sent again.
    /// </summary>
    public TokenSet? Salvaged { get; init; }

    /// <summary>Requests this refresh has made so far.</summary>
    public int RequestsSent { get; init; }

    public required ImmutableArray<RefreshStep> Steps { get; init; }

    [MemberNotNullWhen(true, nameof(Token))]
    [MemberNotNullWhen(false, nameof(Failure))]
    public bool Succeeded => Failure is null;

    // A record prints its members.
    public override string ToString() => Failure is null ? "succeeded" : Failure.ToString();
}
