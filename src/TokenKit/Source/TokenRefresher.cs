namespace TokenKit;

/// <summary>The door to the pipeline: joins the key's one flight or starts it.</summary>
internal sealed class TokenRefresher(TokenFlights flights) : ITokenRefresher
{
    public string Name => flights.Name;

    public async ValueTask<RefreshResult> RefreshAsync(string subject = "", CancellationToken cancellationToken = default)
    {
        var slot = flights.SlotFor(subject);
        var order = new FlightOrder(RefreshTrigger.Requested, slot.Current, Force: true, RefreshTelemetry.CurrentSpan);
        var flight = flights.JoinOrStart(slot, order);
        return await flight.Completion.WaitAsync(cancellationToken).ConfigureAwait(false);
    }
}
