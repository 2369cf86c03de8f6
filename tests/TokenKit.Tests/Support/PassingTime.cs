using TokenKit.Source;
using TokenKit.Testing;

namespace TokenKit.Tests;

/// <summary>Lets time pass where only tests move the clock.</summary>
internal static class PassingTime
{
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(2);

    /// <summary>
    /// Disposes of what a test has built. What a test that failed left waiting would wait for ever by a clock that nobody moves, and
    /// hide the failure.
    /// </summary>
    public static async Task DisposeWhileTimePassesAsync(this IAsyncDisposable built, ManualTimeProvider time)
    {
        var end = built.DisposeAsync().AsTask();
        while (await Task.WhenAny(end, Task.Delay(LongestPause)) != end)
        {
            time.Advance(TokenFlights.DrainTime);
        }

        await end;
    }
}
