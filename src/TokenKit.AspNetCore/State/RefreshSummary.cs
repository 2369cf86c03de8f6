using System.Collections.Immutable;

namespace TokenKit;

/// <summary>One refresh as it went, for people to read.</summary>
internal sealed record RefreshSummary
{
    public required DateTimeOffset EndedAt { get; init; }

    public required RefreshTrigger Trigger { get; init; }

    public required RefreshOutcome Outcome { get; init; }

    public required double DurationMs { get; init; }

    public required string CorrelationId { get; init; }

    public required ImmutableArray<StepSummary> Steps { get; init; }

    public FailureState? Failure { get; init; }

    public static RefreshSummary Of(RefreshRecord refresh) => new()
    {
        EndedAt = refresh.StartedAt + refresh.Duration,
        Trigger = refresh.Trigger,
        Outcome = refresh.Outcome,
        DurationMs = Math.Round(refresh.Duration.TotalMilliseconds, 1),
        CorrelationId = refresh.CorrelationId,
        Steps = StepSummary.Of(refresh.Steps),
        Failure = FailureState.Of(refresh.Failure),
    };
}

/// <summary>One step of a refresh.</summary>
internal sealed record StepSummary(string Name, double DurationMs, bool Succeeded)
{
    public static ImmutableArray<StepSummary> Of(IReadOnlyList<RefreshStep> steps) =>
        [.. steps.Select(static step => new StepSummary(step.Name, Math.Round(step.Duration.TotalMilliseconds, 1), step.Succeeded))];
}
