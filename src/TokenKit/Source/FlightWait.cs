namespace TokenKit.Source;

/// <summary>One wait for a flight.</summary>
/// <param name="for">The flight.</param>
/// <param name="until">For which of its moments.</param>
/// <param name="cancellationToken">Ends the wait.</param>
internal sealed class FlightWait(TokenFlight @for, FlightMoment until, CancellationToken cancellationToken)
{
    public TokenFlight For => @for;

    public CancellationToken CancellationToken => cancellationToken;

    /// <summary>Whether nothing is waited for any more, though who waited may not have gone on yet.</summary>
    public bool IsOver => cancellationToken.IsCancellationRequested || @for.HasPassed(until);
}

/// <summary>The moments of a flight that others wait for.</summary>
internal enum FlightMoment
{
    /// <summary>Its callers can be served, or it is certain that they cannot.</summary>
    Completed,

    /// <summary>It needs its record no more: the lease is given back, or left with what is still to be written.</summary>
    OutOfLine,

    /// <summary>The slot is free for another flight.</summary>
    Ended,
}
