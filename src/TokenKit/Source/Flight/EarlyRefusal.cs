using TokenKit.Values;

namespace TokenKit.Source.Flight;

/// <summary>Tells a server that refuses to refresh before its time from one that refuses the grant.</summary>
/// <remarks>
/// Some servers answer an early refresh as they answer a dead one. Where the definition says when they allow it
/// (<c>Freshness.NotBefore</c>), a refusal before that moment decides nothing: it is asked again when the moment has come.
/// </remarks>
internal sealed class EarlyRefusal(FlightResults results, TimeProvider time)
{
    /// <returns>The end of the flight; <see langword="null"/> when it was not too early, and the refusal means what it says.</returns>
    public RefreshResult? Judge(FlightRun run, RefreshFailure failure)
    {
        var now = ClockReading.Now(time);
        if (run.Definition.Freshness.NotBefore is not { } window
            || run.Set is not { AccessToken: not null } present
            || present.Lifetime == Timeout.InfiniteTimeSpan
            || run.LifeOf(present, now, time).RemainingAt(now) - window is not { Ticks: > 0 } wait)
        {
            return null;
        }

        var early = new RefreshFailure(
            RefreshFailureReason.RequestRejected,
            $"The server refused to refresh '{run.Key}' before its time, as Freshness.NotBefore says it does. The grant is not dead; the server is asked again when the time has come.")
        {
            StatusCode = failure.StatusCode,
            ErrorCode = failure.ErrorCode,
            ErrorDescription = failure.ErrorDescription,
        };
        return results.Failed(run, early, wait, FailureHold.UntilAllowed);
    }
}
