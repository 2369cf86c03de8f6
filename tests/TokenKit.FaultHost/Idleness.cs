namespace TokenKit.FaultHost;

/// <summary>Waits until nothing goes on behind the callers' backs: no refresh, and no write that is tried again.</summary>
internal static class Idleness
{
    public static async Task WaitAsync(ITokenInspector inspector)
    {
        while (inspector.GetStatus() is { IsRefreshing: true } or { IsUnsaved: true })
        {
            await Task.Delay(TimeSpan.FromMilliseconds(5));
        }
    }
}
