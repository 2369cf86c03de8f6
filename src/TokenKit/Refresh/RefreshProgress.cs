namespace TokenKit.Refresh;

/// <summary>What a refresh waits for now, in a sentence for whoever gives up waiting for it. Written by the refresh, read by others.</summary>
internal sealed class RefreshProgress
{
    private volatile string _now = "It has not sent its request yet.";

    public string Now
    {
        get => _now;
        set => _now = value;
    }
}
