using System.Globalization;
using Npgsql;
using TokenKit.PrivatePostgreSql;

namespace TokenKit.PostgreSql.Tests;

/// <summary>The database of a test run: the one in <c>TOKENKIT_POSTGRES</c>, else a private one, started once and stopped at the end.</summary>
public sealed class TestDatabase : IAsyncLifetime
{
    private PrivateServer? _private;
    private PrivateBouncer? _bouncer;
    private int _schemas;
    private string _run = "";

    /// <summary>Why there is none, or <see langword="null"/>.</summary>
    public static string? Missing => ConnectionStringOfUser is null ? PrivateServer.Missing : null;

    /// <summary>Whether the lack of one fails the tests instead of skipping them.</summary>
    public static bool IsRequired => Environment.GetEnvironmentVariable("TOKENKIT_REQUIRE_POSTGRES") == "1";

    public string ConnectionString { get; private set; } = "";

    /// <summary>To the same database through a PgBouncer in transaction mode; the same as <see cref="ConnectionString"/> where none is installed.</summary>
    public string ConnectionStringOfBouncer { get; private set; } = "";

    public NpgsqlDataSource DataSource { get; private set; } = null!;

    private static string? ConnectionStringOfUser =>
        Environment.GetEnvironmentVariable("TOKENKIT_POSTGRES") is { Length: > 0 } text ? text : null;

    public async Task InitializeAsync()
    {
        if (Missing is not null)
        {
            // Its tests are skipped with the reason, or fail with it.
            return;
        }

        if (ConnectionStringOfUser is null)
        {
            _private = await PrivateServer.StartAsync();
        }

        ConnectionString = ConnectionStringOfUser ?? _private!.ConnectionString;
        ConnectionStringOfBouncer = await StartBouncerAsync();
        DataSource = NpgsqlDataSource.Create(ConnectionString);
        _run = "tk_test_" + Guid.NewGuid().ToString("N", CultureInfo.InvariantCulture)[..12];
    }

    public async Task DisposeAsync()
    {
        if (DataSource is null)
        {
            return;
        }

        if (_private is null)
        {
            for (var index = 1; index <= _schemas; index++)
            {
                await ExecuteAsync($"DROP SCHEMA IF EXISTS {_run}_{index} CASCADE");
            }
        }

        await DataSource.DisposeAsync();
        if (_bouncer is not null)
        {
            await _bouncer.DisposeAsync();
        }

        if (_private is not null)
        {
            await _private.DisposeAsync();
        }
    }

    private async Task<string> StartBouncerAsync()
    {
        if (PrivateBouncer.Missing is not null)
        {
            // As above.
            return ConnectionString;
        }

        var server = new NpgsqlConnectionStringBuilder(ConnectionString);
        _bouncer = await PrivateBouncer.StartAsync(server.Host!, server.Port, server.Username ?? "", server.Password ?? "");
        return new NpgsqlConnectionStringBuilder(ConnectionString) { Host = "127.0.0.1", Port = _bouncer.Port }.ConnectionString;
    }

    /// <summary>Options with a schema that nobody else uses and that does not exist yet.</summary>
    public PostgreSqlStoreOptions NewOptions() => new()
    {
        Schema = string.Create(CultureInfo.InvariantCulture, $"{_run}_{Interlocked.Increment(ref _schemas)}"),
        CreateSchema = true,
    };

    public async Task ExecuteAsync(string sql)
    {
        await using var command = DataSource.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }

    public async Task<T> QueryAsync<T>(string sql)
    {
        await using var command = DataSource.CreateCommand(sql);
        return (T)(await command.ExecuteScalarAsync())!;
    }
}

/// <summary>Tests that work all the time: one after the other, since the machine they share may have two cores.</summary>
[CollectionDefinition(Name)]
public sealed class DatabaseCollection : ICollectionFixture<TestDatabase>
{
    public const string Name = "postgresql";
}

/// <summary>Tests that mostly wait, for a lease to run out or a server to start: beside the others, on a server of their own.</summary>
[CollectionDefinition(Name)]
public sealed class WaitingCollection : ICollectionFixture<TestDatabase>
{
    public const string Name = "postgresql, waiting";
}

/// <summary>A test against a real PostgreSQL: skipped with the reason where there is none, unless it must run.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class PostgreSqlFactAttribute : FactAttribute
{
    public PostgreSqlFactAttribute()
    {
        if (!TestDatabase.IsRequired)
        {
            Skip = TestDatabase.Missing;
        }
    }
}

/// <summary>As <see cref="PostgreSqlFactAttribute"/>, for tests with data.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class PostgreSqlTheoryAttribute : TheoryAttribute
{
    public PostgreSqlTheoryAttribute()
    {
        if (!TestDatabase.IsRequired)
        {
            Skip = TestDatabase.Missing;
        }
    }
}

/// <summary>As <see cref="PostgreSqlFactAttribute"/>, for tests that go through PgBouncer.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class PgBouncerFactAttribute : FactAttribute
{
    public PgBouncerFactAttribute()
    {
        if (!TestDatabase.IsRequired)
        {
            Skip = TestDatabase.Missing ?? PrivateBouncer.Missing;
        }
    }
}
