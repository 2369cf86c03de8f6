using System.Collections.Immutable;

namespace TokenKit;

/// <summary>One refresh as it went, kept for people to read. It holds no token.</summary>
public sealed record RefreshRecord
{
    /// <summary>When it began.</summary>
    public required DateTimeOffset StartedAt { get; init; }

    /// <summary>From start to end.</summary>
    public required TimeSpan Duration { get; init; }

    /// <summary>Why it was started.</summary>
    public required RefreshTrigger Trigger { get; init; }

    /// <summary>How it ended.</summary>
    public required RefreshOutcome Outcome { get; init; }

    /// <summary>What went wrong, where it did.</summary>
    public RefreshFailure? Failure { get; init; }

    /// <summary>The generation of the token it brought; zero where it brought none.</summary>
    public long Generation { get; init; }

    /// <summary>The mark that its logs share.</summary>
    public required string CorrelationId { get; init; }

    /// <summary>The steps that ran, in their order, with their durations and whether they succeeded.</summary>
    public IReadOnlyList<RefreshStep> Steps { get; init; } = [];
}
