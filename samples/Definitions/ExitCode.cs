namespace Definitions;

/// <summary>What the process ends with.</summary>
internal static class ExitCode
{
    public const int Success = 0;

    /// <summary>A refresh failed, or was not what was expected of it.</summary>
    public const int Failure = 1;

    /// <summary>The definition cannot work, or the command line or a file cannot be used.</summary>
    public const int Fault = 2;
}
