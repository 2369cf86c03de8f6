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
        if (KeepAliveWait(freshness, slot.Key, now.Utc - current.Set.ObtainedAt) is { } kept && kept < due)
        {
            due = kept;
        }

        return due == TimeSpan.MaxValue ? null : due < held ? held : due < TimeSpan.Zero ? TimeSpan.Zero : due;
    }

    /// <returns>How long until a token of an age is to be kept alive; <see langword="null"/> where the definition keeps none.</returns>
    public static TimeSpan? KeepAliveWait(FreshnessDefinition freshness, TokenKey key, TimeSpan age) =>
        freshness.KeepAlive is { } keepAlive ? Jittered(keepAlive, freshness.Jitter, key) - age : null;

    // Only earlier, and the same at each look and in each process: drawn from the key and not anew.
    private static TimeSpan Jittered(TimeSpan span, double jitter, TokenKey key)
    {
        var mixed = 0xCBF29CE484222325;
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
        return span * (1 - (jitter * ((mixed >> 11) * (1.0 / (1UL << 53)))));
    }
}
