namespace TwoMachines;

/// <summary>What a worker is told, by its environment: a command line can be read by every user of the machine.</summary>
internal sealed record WorkerSettings
{
    public string Name { get; init; } = "";

    public string Endpoint { get; init; } = "";

    public string Seed { get; init; } = "";

    public string SealingKey { get; init; } = "";

    /// <summary>The folder of the file store; empty for PostgreSQL.</summary>
    public string Directory { get; init; } = "";

    public string ConnectionString { get; init; } = "";

    public string Schema { get; init; } = "";

    /// <summary>The settings of this process, or <see langword="null"/> when it is no worker.</summary>
    public static WorkerSettings? FromEnvironment() => Read(nameof(Name)).Length == 0 ? null : new WorkerSettings
    {
        Name = Read(nameof(Name)),
        Endpoint = Read(nameof(Endpoint)),
        Seed = Read(nameof(Seed)),
        SealingKey = Read(nameof(SealingKey)),
        Directory = Read(nameof(Directory)),
        ConnectionString = Read(nameof(ConnectionString)),
        Schema = Read(nameof(Schema)),
    };

    public void WriteTo(IDictionary<string, string?> environment)
    {
        (string Name, string Value)[] all =
        [
            (nameof(Name), Name), (nameof(Endpoint), Endpoint), (nameof(Seed), Seed), (nameof(SealingKey), SealingKey),
            (nameof(Directory), Directory), (nameof(ConnectionString), ConnectionString), (nameof(Schema), Schema),
        ];
        foreach (var (name, value) in all)
        {
            environment[Variable(name)] = value;
        }
    }

    private static string Read(string name) => Environment.GetEnvironmentVariable(Variable(name)) ?? "";

    private static string Variable(string name) => "TWOMACHINES_" + name.ToUpperInvariant();
}
