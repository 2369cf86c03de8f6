namespace TokenKit;

/// <summary>When a key is to be refreshed although nobody asks. Pure.</summary>
internal static class RefreshPlan
{
    /// <returns>
    /// How long from now, zero for at once; <see langword="null"/> when nothing is due without traffic, whether because
    /// callers see to it, a person must, or the flight under way will say.
    /// </returns>
    public static TimeSpan? WaitFor(TokenSlot slot, FreshnessDefinition freshness, ClockReading now, TimeProvider time)
    {
        var isOwn = slot.Key.Subject.Length == 0;
        if (slot.Flight is not null || !(isOwn || freshness.KeepAlive is not null))
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
        if (freshness.KeepAlive is { } keepAlive)
        {
            var kept = Jittered(keepAlive, freshness.Jitter, slot.Key, current.Set) - Age(current, now);
            due = kept < due ? kept : due;
        }

        return due == TimeSpan.MaxValue ? null : due < held ? held : due < TimeSpan.Zero ? TimeSpan.Zero : due;
    }

    private static TimeSpan Age(AccessToken token, ClockReading now) => now.Utc - token.Set.ObtainedAt;

    // Only earlier, and the same at each look: drawn from the key and the token's own start, not anew.
    private static TimeSpan Jittered(TimeSpan span, double jitter, TokenKey key, TokenSet set)
    {
        var mixed = (ulong)set.ObtainedAt.UtcTicks;
        foreach (var character in key.Subject)
        {
            mixed = (mixed ^ character) * 0x100000001B3;
        }

        mixed = (mixed ^ (mixed >> 33)) * 0xFF51AFD7ED558CCD;
        mixed ^= mixed >> 33;
        return span * (1 - (jitter * ((mixed >> 11) * (1.0 / (1UL << 53)))));
    }
}
