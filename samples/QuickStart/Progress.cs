using TokenKit.Testing;

namespace QuickStart;

/// <summary>Shows how far it is: one living line on a terminal, a plain line every other second elsewhere.</summary>
internal sealed class Progress : IDisposable
{
    private readonly bool _isTerminal = !Console.IsOutputRedirected;
    private readonly Callers _callers;
    private readonly RecordedActivities _refreshes;
    private readonly Timer _timer;

    public Progress(Callers callers, RecordedActivities refreshes)
    {
        (_callers, _refreshes) = (callers, refreshes);
        var period = _isTerminal ? TimeSpan.FromMilliseconds(100) : TimeSpan.FromSeconds(2);
        _timer = new Timer(_ => Show(), null, period, period);
    }

    public void Dispose()
    {
        using var ended = new ManualResetEvent(false);
        _timer.Dispose(ended);
        ended.WaitOne();
        if (_isTerminal)
        {
            Show();
            Console.WriteLine();
        }
    }

    private void Show()
    {
        var seconds = (DateTimeOffset.UtcNow - _callers.StartedAt).TotalSeconds;
        var line = FormattableString.Invariant(
            $"{seconds,5:F1} s   {_callers.Calls} calls, {_callers.Ok} ok, {_refreshes.Stopped.Count} refreshes");
        if (_isTerminal)
        {
            Console.Write($"\r{line}   ");
        }
        else
        {
            Console.WriteLine(line);
        }
    }
}
