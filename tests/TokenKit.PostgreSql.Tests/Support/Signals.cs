namespace TokenKit.PostgreSql.Tests;

/// <summary>Waits for what other processes or the database bring about, with a timeout that only turns a hang into a failure.</summary>
internal static class Signals
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    public static async Task WaitAsync(Func<Task<bool>> hasHappened, string what)
    {
        var start = TimeProvider.System.GetTimestamp();
        while (!await hasHappened())
        {
            if (TimeProvider.System.GetElapsedTime(start) > Patience)
            {
                throw new TimeoutException($"It has not come about within {Patience}: {what}.");
            }

            await Task.Delay(TimeSpan.FromMilliseconds(5));
        }
    }
}
