using TokenKit.Definitions;

namespace TokenKit.Source.Flight;

/// <summary>The time that a former holder is given, who may be alive with a new token in hand and a store that failed it.</summary>
internal static class Settle
{
    /// <summary>Lets the time of two attempts to write pass: after a store comes back, a holder that outlived it writes first.</summary>
    public static Task AfterTakeoverAsync(TokenResilienceOptions resilience, TimeProvider time) =>
        Task.Delay(2 * resilience.PersistRetryCap, time, CancellationToken.None);
}
