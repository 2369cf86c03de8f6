namespace TokenKit.Testing;

/// <summary>Waits for a signal of a fake in real time, so that a test which waits in vain ends with a reason.</summary>
internal static class Signals
{
    public static TimeSpan DefaultTimeout { get; } = TimeSpan.FromSeconds(30);

    public static async Task WaitAsync(Task signal, TimeSpan? timeout, Func<string> situation, CancellationToken cancellationToken)
    {
        var limit = timeout ?? DefaultTimeout;
        try
        {
            await signal.WaitAsync(limit, TimeProvider.System, cancellationToken).ConfigureAwait(false);
        }
        catch (TimeoutException exception)
        {
            throw new TimeoutException($"Nothing came within {limit}: {situation()}.", exception);
        }
    }
}
