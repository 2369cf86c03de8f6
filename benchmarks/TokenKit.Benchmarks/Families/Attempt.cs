using System.Diagnostics.CodeAnalysis;

namespace TokenKit.Benchmarks;

/// <summary>A call that may fail.</summary>
internal static class Attempt
{
    /// <returns>Whether it threw.</returns>
    [SuppressMessage("Design", "CA1031", Justification = "Each subject has exceptions of its own, and that one was thrown is what is counted.")]
    public static async Task<bool> FailsAsync(Subject subject)
    {
        try
        {
            await subject.CallAsync();
            return false;
        }
        catch (Exception)
        {
            return true;
        }
    }
}
