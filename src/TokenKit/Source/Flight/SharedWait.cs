using TokenKit.Values;

namespace TokenKit.Source.Flight;

/// <summary>Keeps the wait that another instance's failure left with the lease, so that a fleet asks no more often than one would.</summary>
/// <remarks>
/// What a server said holds for all of its tokens. What it refused holds for all who would send the same. What may be wrong with one instance
/// alone (its network, its secret, its definition) holds another back only while that one has a token to serve.
/// </remarks>
internal sealed class SharedWait(KnownRefusal knownRefusal, FlightResults results, TimeProvider time)
{
    // An instance's own wait ends this much before the one it left behind, which began when the lease was given back.
    private static readonly TimeSpan Shortest = TimeSpan.FromMilliseconds(250);

    /// <summary>Whether a wait ends a flight.</summary>
    /// <param name="run">The flight, which has not got the lease.</param>
    /// <param name="state">What was left.</param>
    /// <param name="lastEpoch">The largest epoch given out when the flight asked for the lease.</param>
    /// <returns>The end of the flight; <see langword="null"/> when it may take the lease all the same.</returns>
    public async ValueTask<RefreshResult?> KeepAsync(FlightRun run, RefreshState state, long lastEpoch)
    {
        if (state is not { Status: GrantStatus.Alive, Reason: { } reason, NotBefore: { Ticks: > 0 } wait }
            || !run.IsConcernedBy(state)
            || run.Flight.Slot.Failure is { IsSetAside: true })
        {
            return null;
        }

        var refusal = state.DeadGrant is { } shared ? await knownRefusal.SharedAsync(run, shared).ConfigureAwait(false) : null;
        var isConcerned = state.DeadGrant is null
            ? !IsNewGrant(run, lastEpoch) && Concerns(run, reason)
            : refusal is not null && run.Flight.Order.Trigger is not RefreshTrigger.Requested;
        if (!isConcerned)
        {
            return null;
        }

        if (wait <= Shortest)
        {
            await Task.Delay(wait, time, CancellationToken.None).ConfigureAwait(false);
            return null;
        }

        var failure = new RefreshFailure(
            reason,
            $"The last refresh of '{run.Key}', by this or another instance, failed ({reason}), and none is to be tried for {wait.TotalSeconds:F0} s. Nothing was sent.")
        {
            RetryAfter = reason is RefreshFailureReason.Throttled ? wait : null,
            Refusal = refusal,
        };
        var hold = refusal is not null || IsFromServer(reason) ? FailureHold.BackOff : FailureHold.Elsewhere;
        return results.HeldBack(run, failure, wait, hold, state.Failures);
    }

    // Stored since the wait was left, or about to be: by a seed, which takes an epoch of its own.
    private static bool IsNewGrant(FlightRun run, long lastEpoch) =>
        run.PendingSeed is { Succeeded: true } || run.Stored?.WrittenEpoch >= lastEpoch;

    private bool Concerns(FlightRun run, RefreshFailureReason reason) => run.Flight.Order.Trigger switch
    {
        // Somebody who asks may try during a back-off, and an API's refusal may mean that the present token is lost.
        RefreshTrigger.Requested or RefreshTrigger.Rejected => reason is RefreshFailureReason.Throttled,
        _ => IsFromServer(reason) || run.HasUsableToken(ClockReading.Now(time), time),
    };

    private static bool IsFromServer(RefreshFailureReason reason) =>
        reason is RefreshFailureReason.Throttled or RefreshFailureReason.ServerError;
}
