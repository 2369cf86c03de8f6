using System.Globalization;
using MySqlConnector;

namespace TokenKit.Relational.Tests;

/// <summary>The server that tests share; none where none is installed.</summary>
public sealed class MariaDb : IAsyncLifetime, IAsyncDisposable
{
    private int _tables;
    private MariaDbServer? _server;
    private MySqlDataSource? _dataSource;

    internal MariaDbServer Server => _server!;

    public MySqlDataSource DataSource => _dataSource!;

    public async Task InitializeAsync()
    {
        if (MariaDbServer.Missing is null || MariaDbServer.IsRequired)
        {
            _server = await MariaDbServer.StartAsync();
            _dataSource = new MySqlDataSource(_server.ConnectionString);
        }
    }

    Task IAsyncLifetime.DisposeAsync() => DisposeAsync().AsTask();

    public async ValueTask DisposeAsync()
    {
        if (_dataSource is not null)
        {
            await _dataSource.DisposeAsync();
        }

        if (_server is not null)
        {
            await _server.DisposeAsync();
        }
    }

    /// <summary>Options with a table that nobody else uses and that does not exist yet.</summary>
    public RelationalStoreOptions NewOptions() => new()
    {
        Table = string.Create(CultureInfo.InvariantCulture, $"secrets_{Interlocked.Increment(ref _tables)}"),
        CreateSchema = true,
    };

    public async Task<object?> ExecuteAsync(string sql)
    {
        await using var command = DataSource.CreateCommand(sql);
        return await command.ExecuteScalarAsync();
    }
}

/// <summary>One after the other, since the machine they share may have two cores.</summary>
[CollectionDefinition(Name)]
public sealed class MariaDbCollection : ICollectionFixture<MariaDb>
{
    public const string Name = "mariadb";
}
