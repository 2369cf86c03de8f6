namespace TokenKit.Interop.Tests;

/// <summary>A test against the real provider: skipped with the reason where it cannot run, unless it must.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class InteropFactAttribute : FactAttribute
{
    /// <summary>Asks once per test run whether the provider can be started.</summary>
    public InteropFactAttribute()
    {
        if (!NodeRuntime.IsRequired)
        {
            Skip = NodeRuntime.Missing;
        }
    }
}
