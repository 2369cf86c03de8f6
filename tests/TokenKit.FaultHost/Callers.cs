using System.Collections.Concurrent;
using System.Globalization;

namespace TokenKit.FaultHost;

/// <summary>Those who want a token: all at once, or again and again.</summary>
internal sealed class Callers(ITokenSource source)
{
    private volatile bool _isStopping;
    private readonly ConcurrentDictionary<string, int> _failures = new(StringComparer.Ordinal);
    private Task _loops = Task.CompletedTask;
    private long _served;

    /// <summary>So many callers ask at one moment. Answers <c>called OK TOKENS FAILURES</c>: how many got one, how many different ones, and why not.</summary>
    public async Task<string> CallOnceAsync(int count)
    {
        var start = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var calls = Enumerable.Range(0, count).Select(_ => CallAsync()).ToArray();
        start.SetResult();
        var tokens = await Task.WhenAll(calls);
        var got = tokens.Where(static token => token.Token is not null).ToList();
        var reasons = tokens.Where(static token => token.Reason is not null).Select(static token => token.Reason!).Distinct();
        return string.Create(
            CultureInfo.InvariantCulture, $"called {got.Count} {got.Select(static token => token.Token).Distinct().Count()} {string.Join(',', reasons)}");

        async Task<(string? Token, string? Reason)> CallAsync()
        {
            await start.Task;
            try
            {
                return ((await source.GetTokenAsync()).Reveal(), null);
            }
            catch (TokenRefreshException failure)
            {
                return (null, failure.Reason.ToString());
            }
        }
    }

    /// <summary>So many callers ask, wait a moment, and ask again until they are stopped.</summary>
    public void StartLoops(int count) => _loops = Task.WhenAll(Enumerable.Range(0, count).Select(_ => LoopAsync()));

    /// <summary>Answers <c>stopped OK REASON=COUNT …</c>.</summary>
    public async Task<string> StopLoopsAsync()
    {
        _isStopping = true;
        await _loops;
        return string.Create(
            CultureInfo.InvariantCulture, $"stopped {Interlocked.Read(ref _served)} {string.Join(' ', _failures.Select(static pair => $"{pair.Key}={pair.Value}"))}");
    }

    private async Task LoopAsync()
    {
        while (!_isStopping)
        {
            try
            {
                await source.GetTokenAsync();
                Interlocked.Increment(ref _served);
            }
            catch (TokenRefreshException failure)
            {
                _failures.AddOrUpdate(failure.Reason.ToString(), 1, static (_, count) => count + 1);
            }

            await Task.Delay(TimeSpan.FromMilliseconds(10));
        }
    }
}
