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

    /// <summary>Whether a refresh for this reason has to wait still.</summary>
    public bool HoldsBack(RefreshTrigger trigger, ClockReading now, TimeProvider time)
    {
        if (now.ElapsedSince(At, time) >= Wait)
        {
            return false;
        }

        // An answer was lost and the present token works: a second use of the refresh token could cost both. Only when
        // the token does not work after all is there nothing left to lose.
        if (IsLastChance)
        {
            return trigger is not (RefreshTrigger.Missing or RefreshTrigger.Expired or RefreshTrigger.Rejected);
        }

        // Somebody who asks may try at any time, unless the server named one.
        return trigger is not RefreshTrigger.Requested || Failure.RetryAfter is not null;
    }
}
