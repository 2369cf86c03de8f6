using TokenKit.Values;
using TokenKit.Work;

namespace TokenKit.Source;

/// <summary>How long a failure is remembered before anybody tries again. Pure but for the jitter.</summary>
internal static class FailureBackoff
{
    /// <summary>
    /// What was refused is looked up again this often, whether it is a dead grant or a secret: nothing is sent unless something new is
    /// there.
    /// </summary>
    public static readonly TimeSpan LookUp = TimeSpan.FromMilliseconds(500);

    /// <summary>
    /// The least part of a wait after a refusal. Accounts are locked after a handful of tries: five in ten minutes must not become
    /// more by luck.
    /// </summary>
    private const double LeastOfRefusal = 0.75;

    /// <summary>
    /// No wait is shorter. Whatever is drawn, an outage of two seconds then costs four requests at the most, and a run of short
    /// draws is no tight loop.
    /// </summary>
    private static readonly TimeSpan Shortest = TimeSpan.FromSeconds(0.5);

    /// <param name="failure">The failure.</param>
    /// <param name="failures">How many in a row, this one included.</param>
    /// <param name="randomness">For the jitter.</param>
    public static TimeSpan WaitAfter(RefreshFailure failure, int failures, Randomness randomness)
    {
        if (failure.RetryAfter is { } asked)
        {
            return asked;
        }

        switch (failure)
        {
            case { Refusal.Kind: RefusalKind.Login }:
                return AfterRefusal(TimeSpan.FromSeconds(30), TimeSpan.FromMinutes(15), failures, randomness);
            case { Refusal.Kind: RefusalKind.Program }:
                return AfterRefusal(TimeSpan.FromSeconds(2), TimeSpan.FromMinutes(5), failures, randomness);
            case { Reason: RefreshFailureReason.ReauthorizationRequired }:
                return LookUp;
        }

        // Full jitter, so that a fleet that failed together does not come back together.
        var (least, first, most) = Bounds(failure.Reason);
        return least + ((Ceiling(first, most, failures) - least) * randomness.NextDouble());
    }

    // What was spent decides how long to wait, whatever the reason is called.
    private static TimeSpan AfterRefusal(TimeSpan first, TimeSpan most, int failures, Randomness randomness) =>
        Ceiling(first, most, failures) * (LeastOfRefusal + ((1 - LeastOfRefusal) * randomness.NextDouble()));

    private static TimeSpan Ceiling(TimeSpan first, TimeSpan most, int failures) =>
        TimeSpan.FromSeconds(Math.Min(most.TotalSeconds, first.TotalSeconds * Math.Pow(2, Math.Min(failures - 1, 20))));

    private static (TimeSpan Least, TimeSpan First, TimeSpan Most) Bounds(RefreshFailureReason reason) => reason switch
    {
        // It asked to wait and did not say how long.
        RefreshFailureReason.Throttled => (TimeSpan.FromSeconds(2.5), TimeSpan.FromSeconds(10), TimeSpan.FromMinutes(5)),

        // Somebody must change the definition, which is not done in seconds.
        RefreshFailureReason.RequestRejected or RefreshFailureReason.AnswerRefused or RefreshFailureReason.TokenInvalid =>
            (Shortest, TimeSpan.FromSeconds(2), TimeSpan.FromMinutes(5)),

        // Somebody must change a secret, which is read anew at each attempt: soon enough to see it, rare enough not to
        // have the client locked out.
        RefreshFailureReason.ClientRejected => (Shortest, TimeSpan.FromSeconds(2), TimeSpan.FromMinutes(1)),

        // Our own side, where nobody is pressed by our asking.
        RefreshFailureReason.StoreUnavailable or RefreshFailureReason.SecretUnavailable or RefreshFailureReason.Superseded =>
            (Shortest, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(15)),

        _ => (Shortest, TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(1)),
    };
}
