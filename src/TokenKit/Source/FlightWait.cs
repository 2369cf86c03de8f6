namespace TokenKit.Source;

/// <summary>One wait for a flight.</summary>
/// <param name="for">The flight.</param>
/// <param name="untilEnd">Whether for its end, or only until its callers can be served.</param>
/// <param name="cancellationToken">Ends the wait.</param>
internal sealed class FlightWait(TokenFlight @for, bool untilEnd, CancellationToken cancellationToken)
{
    public TokenFlight For => @for;

    public CancellationToken CancellationToken => cancellationToken;

    /// <summary>Whether nothing is waited for any more, though who waited may not have gone on yet.</summary>
    public bool IsOver => cancellationToken.IsCancellationRequested || (untilEnd ? @for.IsEnded : @for.IsCompleted);
}
