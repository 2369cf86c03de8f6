using TokenKit.Source.Telemetry;

namespace TokenKit;

/// <summary>Tells who looks that something changed: a refresh ended, or what is stored was replaced or removed.</summary>
internal sealed class TokenNews : IDisposable
{
    private readonly RefreshTelemetry _telemetry;
    private volatile TaskCompletionSource _change = NewChange();

    public TokenNews(RefreshTelemetry telemetry)
    {
        _telemetry = telemetry;
        telemetry.RefreshEnded += Announce;
    }

    /// <summary>Ends with the next change. Take it before reading the state, so that nothing falls in between.</summary>
    public Task NextChange => _change.Task;

    public void Announce() => Interlocked.Exchange(ref _change, NewChange()).TrySetResult();

    public void Dispose() => _telemetry.RefreshEnded -= Announce;

    private void Announce(RefreshResult result) => Announce();

    // Whoever looks continues elsewhere, never on the refresh's own thread.
    private static TaskCompletionSource NewChange() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
