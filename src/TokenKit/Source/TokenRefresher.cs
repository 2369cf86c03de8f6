using TokenKit.Source.Telemetry;
using TokenKit.Values;

namespace TokenKit.Source;

/// <summary>The door to the pipeline: joins the key's one flight or starts it.</summary>
internal sealed class TokenRefresher(TokenFlights flights, TimeProvider time) : ITokenRefresher
{
    public string Name => flights.Name;

    public async ValueTask<RefreshResult> RefreshAsync(string subject, CancellationToken cancellationToken = default)
    {
        var slot = flights.SlotFor(subject);
        if (slot.Flight is null && slot.Failure is { } known
            && known.HoldsBack(RefreshTrigger.Requested, ClockReading.Now(time), time))
        {
            return Remembered(slot, known);
        }

        using var wait = flights.BeginWait(cancellationToken);

        // A flight that had already served its callers brings back the very token that was to be replaced, one that only looks
        // brings nothing, and one that began before a reload may bring what the definition does not mean: then another.
        for (var turn = 0; ; turn++)
        {
            var unwanted = slot.Current;
            var order = new FlightOrder(RefreshTrigger.Requested, unwanted, Force: true, RefreshTelemetry.CurrentSpan);
            var flight = flights.JoinOrStart(slot, order);
            if (await wait.ForResultOfAsync(flight).ConfigureAwait(false) is not { } result)
            {
                return wait.Over(flight);
            }

            if (turn > 0
                || (!result.IsLook
                    && (unwanted is null || !ReferenceEquals(result.Token, unwanted))
                    && (result.Token is null || flights.Means(result.Token))))
            {
                return result;
            }

            if (!await wait.ForEndOfAsync(flight).ConfigureAwait(false))
            {
                return wait.Over(flight);
            }
        }
    }

    private static RefreshResult Remembered(TokenSlot slot, FailureMemory known) => new()
    {
        Key = slot.Key,
        Outcome = RefreshOutcome.Failed,
        Trigger = RefreshTrigger.Requested,
        CorrelationId = known.CorrelationId,
        Failure = known.Failure,
    };
}
