using TokenKit.Definitions;
using TokenKit.Source.Records;
using TokenKit.Values;

namespace TokenKit.Source.Flight;

/// <summary>Whether this process knows already that what is stored is no good, so that not even the lease is asked for.</summary>
/// <remarks>
/// Callers of a dead grant make a flight look into the store twice a second, so that a new grant is usable at once wherever
/// it came from. One look must cost one read and nothing else. Known of the record, so that it costs no other registration of
/// the same one a request.
/// </remarks>
internal sealed class KnownDeadGrant(TokenRecords records)
{
    /// <returns>The failure to serve; <see langword="null"/> when something else is stored, or another way is open.</returns>
    public RefreshFailure? In(FlightRun run)
    {
        if (records.DeadGrantOf(run.RecordKey) is not { } dead
            || run.PendingSeed is not null
            || run.Definition.RequestWhen is RequestWhen.RefreshMissingOrRejected
            || run.Grant != dead.Fingerprint)
        {
            return null;
        }

        run.StateToLeave = new RefreshState { Status = GrantStatus.Dead, Reason = RefreshFailureReason.ReauthorizationRequired, Failures = dead.Failures, DeadGrant = dead.Fingerprint };
        return run.Flight.Slot.Failure is { Failure: { Reason: RefreshFailureReason.ReauthorizationRequired, Refusal: null } own } ? own : SaidEarlier(run);
    }

    /// <summary>What callers are told where the server has said it to another instance, or to another registration of the record.</summary>
    public static RefreshFailure SaidEarlier(FlightRun run) => new(
        RefreshFailureReason.ReauthorizationRequired,
        $"The server said earlier that the {FlightRun.NameOf(run.Set)} of '{run.Key}' is no good; nothing is sent until a new one is stored. " +
        FlightRun.CureFor(run.Set));
}
