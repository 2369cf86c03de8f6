using TokenKit.Values;

namespace TokenKit.Refresh.Request;

/// <summary>Turns a deadline into a cancellation.</summary>
internal static class DeadlineCancellation
{
    // The longest span that a timer takes; beyond it the constructor throws.
    private static readonly TimeSpan Longest = TimeSpan.FromMilliseconds(uint.MaxValue - 1);

    /// <summary>A source that cancels when the deadline passes; already cancelled when it has.</summary>
    public static CancellationTokenSource CancelWhenPassed(this Deadline deadline)
    {
        var remaining = deadline.Remaining;
        return new CancellationTokenSource(remaining < Longest ? remaining : Longest, deadline.Time);
    }
}
