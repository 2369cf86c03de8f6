using System.Data.Common;
using Microsoft.Data.Sqlite;

namespace TokenKit.Relational.Tests;

/// <summary>A file of SQLite in a temporary folder; each data source on it is as another process has one.</summary>
internal sealed class SqliteFile : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("tokenkit-sqlite-").FullName;

    public string Path => System.IO.Path.Combine(_folder, "tokens.db");

    public string ConnectionString => new SqliteConnectionStringBuilder { DataSource = Path }.ConnectionString;

    public DbDataSource NewDataSource() => SqliteFactory.Instance.CreateDataSource(ConnectionString);

    public RelationalSecretStore NewStore(RelationalStoreOptions? options = null) =>
        new(NewDataSource(), RelationalDialect.Sqlite, options ?? new RelationalStoreOptions { CreateSchema = true });

    public async Task<object?> ExecuteAsync(string sql)
    {
        await using var dataSource = NewDataSource();
        await using var connection = await dataSource.OpenConnectionAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        return await command.ExecuteScalarAsync();
    }

    public void Dispose()
    {
        using (var connection = new SqliteConnection(ConnectionString))
        {
            SqliteConnection.ClearPool(connection);
        }

        Directory.Delete(_folder, recursive: true);
    }
}
