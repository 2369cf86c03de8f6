using System.Globalization;

namespace TokenKit.PostgreSql.Tests;

/// <summary>Whether the long version of a test runs: <c>TOKENKIT_LONG=1</c>.</summary>
internal static class LongRun
{
    public static bool IsWanted { get; } = Environment.GetEnvironmentVariable("TOKENKIT_LONG") == "1";

    public static T Of<T>(T length, T otherwise) => IsWanted ? length : otherwise;

    /// <summary>How many kills: 200 in a long run, which takes up to half an hour for each, unless <c>TOKENKIT_KILLS</c> says otherwise.</summary>
    public static int Kills { get; } =
        int.TryParse(Environment.GetEnvironmentVariable("TOKENKIT_KILLS"), CultureInfo.InvariantCulture, out var kills) ? kills : Of(200, 2);

    /// <summary>A line of figures for docs/many-machines.md.</summary>
    public static void Report(string line) => Console.WriteLine(line);
}
