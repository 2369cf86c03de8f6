using System.Globalization;
using Npgsql;
using TokenKit.Storage;
using TokenKit.Testing;

namespace TokenKit.PostgreSql.Tests;

/// <summary>Several processes, one store, one token server that counts every redemption.</summary>
internal sealed class Fleet : IAsyncDisposable
{
    public const string File = "files";
    public const string PostgreSql = "PostgreSQL";
    public const string PgBouncer = "PostgreSQL through PgBouncer";

    private static readonly SecretKey Key = new("Production", "fleet") { Kind = SecretKind.TokenSet };

    private readonly List<FleetProcess> _processes = [];
    private readonly LoopbackServer _server;
    private readonly TestDatabase? _database;
    private readonly PostgreSqlStoreOptions? _options;
    private readonly Dictionary<string, string> _settings;

    public Fleet(string store, TestDatabase database, FakeTokenEndpointOptions? server = null, bool isQuick = false)
    {
        Endpoint = new FakeTokenEndpoint(server);
        _server = LoopbackServer.Start(Endpoint.CreateHandler());
        _settings = new Dictionary<string, string>
        {
            ["FAULTHOST_ENDPOINT"] = new Uri(_server.Address, "token").ToString(),
            ["FAULTHOST_KEY"] = TestKeys.Key,
            ["FAULTHOST_SEED"] = Endpoint.IssueRefreshToken(),
            ["FAULTHOST_GRACE"] = Endpoint.Options.ReuseGrace.TotalSeconds.ToString(CultureInfo.InvariantCulture),
            ["FAULTHOST_QUICK"] = isQuick ? "1" : "",
        };
        if (store == File)
        {
            Directory = System.IO.Directory.CreateTempSubdirectory("tokenkit-fleet-").FullName;
            _settings["FAULTHOST_DIRECTORY"] = Directory;
        }
        else
        {
            (_database, _options) = (database, database.NewOptions());
            _settings["FAULTHOST_DATABASE"] = (store == PgBouncer ? database.ConnectionStringOfBouncer : database.ConnectionString) + ";Maximum Pool Size=10";
            _settings["FAULTHOST_SCHEMA"] = _options.Schema;
        }
    }

    public FakeTokenEndpoint Endpoint { get; }

    /// <summary>The folder of the file store; empty for PostgreSQL.</summary>
    public string Directory { get; } = "";

    /// <summary>Every other refresh token than this was issued to somebody of the fleet.</summary>
    public string Seed
    {
        get => _settings["FAULTHOST_SEED"];
        set => _settings["FAULTHOST_SEED"] = value;
    }

    /// <param name="clockShift">How far its clocks are ahead.</param>
    /// <param name="databasePort">Where it reaches the database, if not where that listens.</param>
    /// <param name="traceTo">The beginning of the names of files into which its system calls are written, a file for each thread.</param>
    public async Task<FleetProcess> StartProcessAsync(TimeSpan clockShift = default, int? databasePort = null, string? traceTo = null)
    {
        var settings = new Dictionary<string, string>(_settings)
        {
            ["FAULTHOST_SHIFT"] = clockShift.TotalSeconds.ToString(CultureInfo.InvariantCulture),
        };
        if (databasePort is { } port)
        {
            settings["FAULTHOST_DATABASE"] = new NpgsqlConnectionStringBuilder(settings["FAULTHOST_DATABASE"]) { Port = port }.ConnectionString;
        }

        var process = await FleetProcess.StartAsync(settings, traceTo);
        _processes.Add(process);
        return process;
    }

    /// <summary>Sets a variable of the processes that are started from now on.</summary>
    public void Set(string name, string value) => _settings[name] = value;

    /// <summary>Lets time pass for the processes and for the store's own clock.</summary>
    public async Task PassAsync(TimeSpan time, IEnumerable<FleetProcess> processes)
    {
        var seconds = (int)time.TotalSeconds;
        await Task.WhenAll(processes.Select(async process => (await process.OrderAsync($"advance {seconds}")).Should().Be("advanced")));
        if (_database is not null)
        {
            await _database.ExecuteAsync(
                $"UPDATE {_options!.Schema}.{_options.Table} SET written_at = written_at - interval '{seconds} seconds', not_before = not_before - interval '{seconds} seconds'");
        }
    }

    /// <summary>The refresh token in the store, as a new process would read it.</summary>
    public async Task<string?> StoredRefreshTokenAsync() => (await StoredAsync())?.Set.RefreshToken?.Reveal();

    /// <summary>What is in the store, as a new process would read it.</summary>
    public async Task<StoredTokenSet?> StoredAsync()
    {
        using var files = _options is null
            ? new FileSecretStore(new FileStoreOptions { Directory = Directory }, TestKeys.Protector())
            : null;
        await using var dataSource = _options is null ? null : NpgsqlDataSource.Create(_database!.ConnectionString);
        ISecretStore store = files is not null ? files : new PostgreSqlSecretStore(dataSource!, _options!, TestKeys.Protector());
        return await new TokenSetStore(store, TimeProvider.System).ReadAsync(Key, CancellationToken.None);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var process in _processes)
        {
            await process.DisposeAsync();
        }

        await _server.DisposeAsync();
        if (Directory.Length > 0)
        {
            System.IO.Directory.Delete(Directory, recursive: true);
        }
    }
}
