using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;

namespace TokenKit;

/// <summary>How one refresh went.</summary>
/// <remarks>
/// Expected outcomes of talking to a token endpoint and a store are values of this type. Misuse throws instead: an unknown
/// token name, a refresh inside its own refresh or in a ring of them, a disposed container.
/// </remarks>
public sealed record RefreshResult
{
    /// <summary>Which token.</summary>
    public required TokenKey Key { get; init; }

    /// <summary>How it ended.</summary>
    public required RefreshOutcome Outcome { get; init; }

    /// <summary>Why it was started.</summary>
    public required RefreshTrigger Trigger { get; init; }

    /// <summary>The mark that the logs of this refresh and of the calls it served share.</summary>
    public required string CorrelationId { get; init; }

    /// <summary>The token, where there is one. It prints nothing of itself.</summary>
    public AccessToken? Token { get; init; }

    /// <summary>
    /// The token set that is stored now, or is on its way into the store: the new one, after a failure the one that stayed,
    /// with a refresh token that was salvaged out of the answer. <see langword="null"/> where nothing is stored, and where an
    /// earlier failure answered. For tools and tests; it prints nothing of its secrets.
    /// </summary>
    public TokenSet? TokenSet { get; init; }

    /// <summary>What went wrong, where it did.</summary>
    public RefreshFailure? Failure { get; init; }

    /// <summary>From start to end.</summary>
    public TimeSpan Duration { get; init; }

    /// <summary>The steps that ran, in their order, with their durations.</summary>
    public IReadOnlyList<RefreshStep> Steps { get; init; } = [];

    /// <summary>Whether a usable token came of it.</summary>
    [MemberNotNullWhen(true, nameof(Token))]
    [MemberNotNullWhen(false, nameof(Failure))]
    public bool Succeeded => Outcome is not RefreshOutcome.Failed;

    /// <summary>Whether it only looked whether a new grant was stored, and there was none.</summary>
    internal bool IsDeadGrantLookUp => Failure?.Reason is RefreshFailureReason.ReauthorizationRequired && Steps.Count == 0;

    /// <summary>Whether it only looked whether what a server refused has changed, and it has not.</summary>
    internal bool IsLook { get; init; }

    /// <summary>Returns key, outcome, reason and duration.</summary>
    /// <returns>A text for messages.</returns>
    public override string ToString() =>
        $"refresh of {Key} ({Trigger}): {Outcome}{(Failure is null ? "" : $", {Failure}")}, {Duration.TotalMilliseconds:F0} ms";
}
