namespace TokenKit;

/// <summary>A failed refresh that is remembered, and served to callers until its time is up.</summary>
/// <param name="Failure">What went wrong.</param>
/// <param name="At">When.</param>
/// <param name="Wait">How long nobody tries again.</param>
/// <param name="Failures">How many in a row.</param>
/// <param name="CorrelationId">The mark of the refresh that failed.</param>
internal sealed record FailureMemory(
    RefreshFailure Failure, ClockReading At, TimeSpan Wait, int Failures, string CorrelationId)
{
    /// <summary>
    /// Whether the wait ends shortly before hard expiry after an answer was lost: the next ambiguous answer is not waited
    /// out again.
    /// </summary>
    public bool IsLastChance { get; init; }

    public bool IsOverAt(ClockReading now, TimeProvider time) => now.ElapsedSince(At, time) >= Wait;
}
