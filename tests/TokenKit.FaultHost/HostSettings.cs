using System.Globalization;

namespace TokenKit.FaultHost;

/// <summary>What the process is told by its environment: command lines are seen by every user of a machine.</summary>
internal sealed record HostSettings
{
    public const string TokenName = "fleet";

    public required string Endpoint { get; init; }

    public required string SealingKey { get; init; }

    public required string Seed { get; init; }

    /// <summary>The folder of a file store; empty for PostgreSQL.</summary>
    public string Directory { get; init; } = "";

    public string ConnectionString { get; init; } = "";

    public string Schema { get; init; } = "";

    public TimeSpan ReuseGrace { get; init; }

    /// <summary>Whether lease and deadlines are short, so that a takeover takes seconds.</summary>
    public bool IsQuick { get; init; }

    public TimeSpan ClockShift { get; init; }

    public static HostSettings FromEnvironment() => new()
    {
        Endpoint = Read("ENDPOINT"),
        SealingKey = Read("KEY"),
        Seed = Read("SEED"),
        Directory = Read("DIRECTORY"),
        ConnectionString = Read("DATABASE"),
        Schema = Read("SCHEMA"),
        ReuseGrace = Seconds("GRACE"),
        IsQuick = Read("QUICK") == "1",
        ClockShift = Seconds("SHIFT"),
    };

    private static string Read(string name) => Environment.GetEnvironmentVariable("FAULTHOST_" + name) ?? "";

    private static TimeSpan Seconds(string name) =>
        TimeSpan.FromSeconds(int.TryParse(Read(name), CultureInfo.InvariantCulture, out var seconds) ? seconds : 0);
}
