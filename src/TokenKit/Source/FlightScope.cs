namespace TokenKit.Source;

/// <summary>
/// Knows, inside a flight, which flight that is, and for which others it waits; refuses the wait that would close a ring.
/// </summary>
/// <remarks>
/// A flight begins with an empty execution context, so what is entered here is seen by the flight's own code alone. What that
/// code leaves running when the flight has ended belongs to no flight any more.
/// </remarks>
internal static class FlightScope
{
    private static readonly AsyncLocal<TokenFlight?> Inside = new();

    // One for all flights of the process, since a ring may lead through several registrations. It is taken only where one flight
    // waits for another, for a walk along a few references.
    private static readonly Lock Gate = new();

    /// <summary>The flight that the running code belongs to; <see langword="null"/> for everybody else's code.</summary>
    public static TokenFlight? Current => Inside.Value is { IsEnded: false } flight ? flight : null;

    public static void Enter(TokenFlight flight) => Inside.Value = flight;

    /// <summary>Lets one flight wait for another; all others know of it meanwhile.</summary>
    /// <param name="waiter">Who is to wait.</param>
    /// <param name="wait">What is waited for.</param>
    /// <param name="start">Begins to wait.</param>
    /// <exception cref="TokenRingException">What is waited for waits for the waiter, or is the waiter.</exception>
    public static async Task<T> WaitAsync<T>(TokenFlight waiter, FlightWait wait, Func<FlightWait, Task<T>> start)
    {
        lock (Gate)
        {
            // What has come is not waited for. Seen and entered in one: of two flights that turn to each other at the same time, one comes second.
            if (!wait.IsOver && Way(wait.For, waiter, []) is { } way)
            {
                throw new TokenRingException([waiter.Slot.Key, .. way]);
            }

            (waiter.Waits ??= []).Add(wait);
        }

        try
        {
            return await start(wait).ConfigureAwait(false);
        }
        finally
        {
            lock (Gate)
            {
                waiter.Waits.Remove(wait);
            }
        }
    }

    /// <summary>The keys from one flight along its waits up to another, that one left out; <see langword="null"/> where there is no way.</summary>
    private static IEnumerable<TokenKey>? Way(TokenFlight from, TokenFlight to, HashSet<TokenFlight> seen)
    {
        if (from == to)
        {
            return [];
        }

        if (!seen.Add(from))
        {
            return null;
        }

        foreach (var wait in from.Waits ?? [])
        {
            if (!wait.IsOver && Way(wait.For, to, seen) is { } way)
            {
                return way.Prepend(from.Slot.Key);
            }
        }

        return null;
    }
}
