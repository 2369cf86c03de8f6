namespace TokenKit.PostgreSql.Tests;

/// <summary>Whether the long version of a test runs: <c>TOKENKIT_LONG=1</c>.</summary>
internal static class LongRun
{
    public static bool IsWanted { get; } = Environment.GetEnvironmentVariable("TOKENKIT_LONG") == "1";

    public static T Of<T>(T length, T otherwise) => IsWanted ? length : otherwise;

    /// <summary>A line of figures for docs/many-machines.md.</summary>
    public static void Report(string line) => Console.WriteLine(line);
}
