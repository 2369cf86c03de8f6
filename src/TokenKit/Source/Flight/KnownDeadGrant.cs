using TokenKit.Definitions;

namespace TokenKit.Source.Flight;

/// <summary>Whether this process knows already that what is stored is no good, so that not even the lease is asked for.</summary>
/// <remarks>
/// Callers of a dead grant make a flight look into the store twice a second, so that a new grant is usable at once wherever
/// it came from. One look must cost one read and nothing else.
/// </remarks>
internal static class KnownDeadGrant
{
    /// <returns>The failure to serve; <see langword="null"/> when something else is stored, or another way is open.</returns>
    public static RefreshFailure? In(FlightRun run)
    {
        if (run.Flight.Slot.Failure is not { DeadGrant: { } dead } known
            || run.PendingSeed is not null
            || run.Definition.RequestWhen is RequestWhen.RefreshMissingOrRejected
            || run.Grant != dead)
        {
            return null;
        }

        run.StateToLeave = new RefreshState(GrantStatus.Dead, known.Failure.Reason, default, known.Failures, dead);
        return known.Failure;
    }
}
