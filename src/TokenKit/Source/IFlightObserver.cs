namespace TokenKit.Source;

/// <summary>Learns what becomes of the keys of a process. Called on the path of a flight: quick, and never throwing.</summary>
internal interface IFlightObserver
{
    /// <summary>A flight knows how it ends; its callers do not yet.</summary>
    void Completed(TokenFlights flights, TokenFlight flight, RefreshResult result)
    {
    }

    /// <summary>A flight has ended, and what it brought could not be stored so far.</summary>
    void NotPersisted(TokenFlights flights, TokenFlight flight, RefreshResult result)
    {
    }

    /// <summary>The state of a key is another: its flight has ended, it was seeded or forgotten.</summary>
    void Changed(TokenFlights flights, TokenSlot slot)
    {
    }
}
