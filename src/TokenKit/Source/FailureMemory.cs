using TokenKit.Values;

namespace TokenKit.Source;

/// <summary>A failed refresh that is remembered, and served to callers until its time is up.</summary>
/// <param name="Failure">What went wrong.</param>
/// <param name="At">When.</param>
/// <param name="Wait">How long nobody tries again.</param>
/// <param name="Failures">How many in a row.</param>
/// <param name="CorrelationId">The mark of the refresh that failed.</param>
internal sealed record FailureMemory(
    RefreshFailure Failure, ClockReading At, TimeSpan Wait, int Failures, string CorrelationId)
{
    /// <summary>Whom the wait concerns.</summary>
    public FailureHold Hold { get; init; }

    /// <summary>
    /// Whether somebody may have corrected what was wrong: it is known still and holds nobody back, whoever else waits.
    /// </summary>
    public bool IsSetAside { get; private init; }

    /// <summary>When somebody looked last whether what was refused has changed.</summary>
    public ClockReading? LookedAt { get; init; }

    /// <summary>
    /// The memory after a change of configuration: a wait so as not to press a server is over. A dead grant stays dead, and a
    /// wait that saves a refresh token or the server's own rule about time has nothing to do with what was changed.
    /// </summary>
    public FailureMemory AfterReload() =>
        Hold is FailureHold.BackOff or FailureHold.Elsewhere && Failure is not { Reason: RefreshFailureReason.ReauthorizationRequired, Refusal: null }
            ? this with { Wait = TimeSpan.Zero, IsSetAside = true }
            : this;

    /// <summary>What is left of the wait; zero when it is over.</summary>
    public TimeSpan LeftAt(ClockReading now, TimeProvider time)
    {
        var left = Wait - now.ElapsedSince(At, time);
        return left > TimeSpan.Zero ? left : TimeSpan.Zero;
    }

    /// <summary>Whether a refresh for this reason has to wait still.</summary>
    public bool HoldsBack(RefreshTrigger trigger, ClockReading now, TimeProvider time)
    {
        if (LeftAt(now, time) == TimeSpan.Zero)
        {
            return false;
        }

        if (IsLookDue(trigger, now, time))
        {
            return false;
        }

        return Hold switch
        {
            FailureHold.UntilRequestAllowed => true,

            // Only when the token does not work after all is there nothing left to lose.
            FailureHold.UntilLastChance => trigger is not (RefreshTrigger.Missing or RefreshTrigger.Expired or RefreshTrigger.Rejected),
            FailureHold.Elsewhere => trigger is RefreshTrigger.Ahead or RefreshTrigger.Scheduled,
            FailureHold.UntilAllowed => trigger is not (RefreshTrigger.Missing or RefreshTrigger.Expired),

            // Somebody who asks may try at any time, unless the server named one.
            _ => trigger is not RefreshTrigger.Requested || Failure.RetryAfter is not null,
        };
    }

    // The flight that begins looks only, unless something has changed. What runs without callers waits for the end.
    private bool IsLookDue(RefreshTrigger trigger, ClockReading now, TimeProvider time) =>
        (Failure.Refusal is not null || (Hold is FailureHold.UntilRequestAllowed && trigger is not RefreshTrigger.Ahead))
        && trigger is not RefreshTrigger.Scheduled
        && now.ElapsedSince(LookedAt ?? At, time) >= FailureBackoff.LookUp;
}

/// <summary>Whom the wait after a failure concerns.</summary>
internal enum FailureHold
{
    /// <summary>A wait so as not to press a server in trouble: for everyone but a person who asks.</summary>
    BackOff,

    /// <summary>
    /// An answer was lost and the present token works: a second use of the refresh token could cost both. The wait ends
    /// shortly before hard expiry, and the next ambiguous answer is not waited out again.
    /// </summary>
    UntilLastChance,

    /// <summary>Another instance waits, for a reason of its own perhaps: here nobody tries ahead of need meanwhile.</summary>
    Elsewhere,

    /// <summary>The server refuses before its time and would refuse anyone again.</summary>
    UntilAllowed,

    /// <summary>The definition allows no request yet, whoever asks. What others store is looked for.</summary>
    UntilRequestAllowed,
}
