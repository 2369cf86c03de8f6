using TokenKit.Storage;

namespace TokenKit.Scheduling;

/// <summary>A place that a key has taken among those that are looked at and renewed at once.</summary>
internal sealed class BackgroundPlace(ScheduledKey key, BackgroundLane lane, TimeSpan since)
{
    public ScheduledKey Key => key;

    public BackgroundLane Lane => lane;

    public TimeSpan Since => since;

    /// <summary>How urgent its calls to the store are: those of a look at first, then those of its flight.</summary>
    public StorePlace Calls { get; set; } = new(StoreUrgency.Background);

    /// <summary>
    /// Whether it keeps others from beginning. One that is under way for long and does not wait for the store hangs elsewhere,
    /// at a server for example, and does not stop all others there.
    /// </summary>
    public bool CountsAt(TimeSpan now) => now - since < BackgroundLane.Patience || Calls.IsWaiting;
}
