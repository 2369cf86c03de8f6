namespace TokenKit.Benchmarks;

/// <summary>A token, its prebuilt header, and when it expires on both clocks.</summary>
internal sealed class IdealToken(string text, long timestamp, long utcTicks)
{
    public string Text { get; } = text;

    public ReadyAuthorization Header { get; } = new(text);

    public long Timestamp { get; } = timestamp;

    public long UtcTicks { get; } = utcTicks;
}
