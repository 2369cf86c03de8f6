namespace TokenKit.Scheduling;

/// <summary>
/// When the store of each registration is asked next for subjects that are to be kept alive. Used under the scheduler's lock.
/// </summary>
internal sealed class KeepAliveRounds
{
    // A round that is under way has no time: it says when the next is.
    private readonly Dictionary<ScheduledTokens, TimeSpan?> _next = [];

    /// <summary>When the earliest begins; <see langword="null"/> when none waits.</summary>
    public TimeSpan? Next => _next.Values.Min();

    public void Put(ScheduledTokens tokens, TimeSpan at) => _next[tokens] = at;

    public List<ScheduledTokens> TakeDue(TimeSpan now)
    {
        List<ScheduledTokens> due = [.. _next.Where(round => round.Value <= now).Select(static round => round.Key)];
        due.ForEach(tokens => _next[tokens] = null);
        return due;
    }
}
