namespace TokenKit;

/// <summary>How long a failure is remembered before anybody tries again. Pure but for the jitter.</summary>
internal static class FailureBackoff
{
    /// <summary>A dead grant is looked up again this often: nothing is sent unless something new is stored.</summary>
    public static readonly TimeSpan DeadGrantLookUp = TimeSpan.FromMilliseconds(500);

    private static readonly TimeSpan FirstWait = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(1);

    /// <param name="failure">The failure.</param>
    /// <param name="failures">How many in a row, this one included.</param>
    /// <param name="randomness">For the jitter.</param>
    public static TimeSpan WaitAfter(RefreshFailure failure, int failures, Randomness randomness)
    {
        if (failure.RetryAfter is { } asked)
        {
            return asked;
        }

        if (failure.Reason is RefreshFailureReason.ReauthorizationRequired)
        {
            return DeadGrantLookUp;
        }

        var ceiling = Math.Min(LongestWait.TotalSeconds, FirstWait.TotalSeconds * Math.Pow(2, Math.Min(failures - 1, 10)));

        // Full jitter spreads a fleet; the floor of half the ceiling keeps one unlucky draw from becoming a tight loop.
        return TimeSpan.FromSeconds(ceiling * (0.5 + (0.5 * randomness.NextDouble())));
    }
}
