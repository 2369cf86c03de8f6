using TokenKit.Definitions;
using TokenKit.Source;
using TokenKit.Values;

namespace TokenKit.Scheduling;

/// <summary>When a key is to be refreshed although nobody asks. Pure.</summary>
internal static class RefreshPlan
{
    private static readonly TimeSpan LongestLead = TimeSpan.FromMinutes(30);

    /// <param name="slot">The key's state.</param>
    /// <param name="freshness">What the definition says.</param>
    /// <param name="keepsAlive">Whether it is this registration that keeps the grant alive.</param>
    /// <param name="process">The process's own number.</param>
    /// <param name="now">The present.</param>
    /// <param name="time">The clock.</param>
    /// <returns>
    /// How long from now, zero for at once; <see langword="null"/> when nothing is due without traffic, whether because
    /// callers see to it, a person must, or the flight under way will say.
    /// </returns>
    public static TimeSpan? WaitFor(
        TokenSlot slot, TokenFreshnessOptions freshness, bool keepsAlive, ulong process, ClockReading now, TimeProvider time)
    {
        var isOwn = slot.Key.Subject.Length == 0;
        if (slot.Flight is not null || !(isOwn || (keepsAlive && freshness.KeepAlive is not null)))
        {
            return null;
        }

        var failure = slot.Failure;
        if (failure?.Failure.Reason is RefreshFailureReason.ReauthorizationRequired)
        {
            return null;
        }

        var held = failure?.LeftAt(now, time) ?? TimeSpan.Zero;
        if (slot.Current is not { } current)
        {
            return failure is null ? null : held;
        }

        var due = isOwn ? current.Life.DueInAt(now) : TimeSpan.MaxValue;
        if (keepsAlive && KeepAliveWait(freshness, slot.Key, now.Utc - current.Set.ObtainedAt, process) is { } kept && kept < due)
        {
            due = kept;
        }

        return due == TimeSpan.MaxValue ? null : due < held ? held : due < TimeSpan.Zero ? TimeSpan.Zero : due;
    }

    /// <param name="freshness">What the definition says.</param>
    /// <param name="key">Whose token.</param>
    /// <param name="age">How long ago it was obtained.</param>
    /// <param name="process">The process's own number.</param>
    /// <returns>
    /// How long until it is to be kept alive, less than zero where it should have been; <see langword="null"/> where the
    /// definition keeps none.
    /// </returns>
    public static TimeSpan? KeepAliveWait(TokenFreshnessOptions freshness, TokenKey key, TimeSpan age, ulong process)
    {
        if (freshness.KeepAlive is not { } keepAlive)
        {
            return null;
        }

        // Both only earlier, and the same at each look: drawn from the key and not anew. The first is the same in every process;
        // the second keeps two of them from being at the same keys at one moment, in one order.
        var due = keepAlive * (1 - (freshness.Jitter * Draw(key, 0)));
        return due - (LeadOf(keepAlive) * Draw(key, process)) - age;
    }

    /// <summary>How much earlier than the others, at the most, a process begins: little beside the time a token is kept for.</summary>
    public static TimeSpan LeadOf(TimeSpan keepAlive) => keepAlive / 20 < LongestLead ? keepAlive / 20 : LongestLead;

    // From 0 to just below 1.
    private static double Draw(TokenKey key, ulong salt)
    {
        var mixed = 0xCBF29CE484222325 ^ salt;
        foreach (var character in key.Name.AsSpan())
        {
            mixed = (mixed ^ character) * 0x100000001B3;
        }

        foreach (var character in key.Subject.AsSpan())
        {
            mixed = (mixed ^ character) * 0x100000001B3;
        }

        mixed = (mixed ^ (mixed >> 33)) * 0xFF51AFD7ED558CCD;
        mixed ^= mixed >> 33;
        return (mixed >> 11) * (1.0 / (1UL << 53));
    }
}
