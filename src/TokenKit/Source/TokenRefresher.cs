namespace TokenKit;

/// <summary>The door to the pipeline: joins the key's one flight or starts it.</summary>
internal sealed class TokenRefresher(TokenFlights flights, TimeProvider time) : ITokenRefresher
{
    public string Name => flights.Name;

    public async ValueTask<RefreshResult> RefreshAsync(string subject = "", CancellationToken cancellationToken = default)
    {
        var slot = flights.SlotFor(subject);
        if (slot.Flight is null && slot.Failure is { } known
            && known.HoldsBack(RefreshTrigger.Requested, ClockReading.Now(time), time))
        {
            return Remembered(slot, known);
        }

        var order = new FlightOrder(RefreshTrigger.Requested, slot.Current, Force: true, RefreshTelemetry.CurrentSpan);
        var flight = flights.JoinOrStart(slot, order);
        return await flight.CompletionAsync(cancellationToken).ConfigureAwait(false);
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
