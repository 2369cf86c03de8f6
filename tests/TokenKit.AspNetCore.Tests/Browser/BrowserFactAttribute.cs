namespace TokenKit.Tests;

/// <summary>A test in a real browser: skipped with the reason where there is none, unless it must run.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class BrowserFactAttribute : FactAttribute
{
    /// <summary>Asks once per test run whether a browser can be started.</summary>
    public BrowserFactAttribute()
    {
        if (!BrowserRuntime.IsRequired)
        {
            Skip = BrowserRuntime.Missing;
        }
    }
}
