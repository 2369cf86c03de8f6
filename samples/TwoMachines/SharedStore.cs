using System.Security.Cryptography;
using Npgsql;
using TokenKit;
using TokenKit.PrivatePostgreSql;

namespace TwoMachines;

/// <summary>What the workers share: the database in <c>TOKENKIT_POSTGRES</c>, else a private PostgreSQL, else a folder.</summary>
internal sealed class SharedStore : IAsyncDisposable
{
    private PrivateServer? _server;

    public required string Description { get; init; }

    public required WorkerSettings Settings { get; init; }

    public static async Task<SharedStore> OpenAsync(bool isFolder)
    {
        var sealingKey = Convert.ToBase64String(RandomNumberGenerator.GetBytes(SecretKeyRing.KeySize));
        var given = Environment.GetEnvironmentVariable("TOKENKIT_POSTGRES");
        var missing = string.IsNullOrEmpty(given) ? PrivateServer.Missing : null;
        if (isFolder || missing is not null)
        {
            return new SharedStore
            {
                Description = isFolder ? "encrypted files" : $"encrypted files, since there is no PostgreSQL here. {missing}",
                Settings = new WorkerSettings { SealingKey = sealingKey, Directory = Directory.CreateTempSubdirectory("two-machines-").FullName },
            };
        }

        var server = string.IsNullOrEmpty(given) ? await PrivateServer.StartAsync() : null;
        var store = new SharedStore
        {
            _server = server,
            Description = server is null ? "the PostgreSQL of TOKENKIT_POSTGRES" : "a private PostgreSQL",
            Settings = new WorkerSettings
            {
                SealingKey = sealingKey,
                ConnectionString = server?.ConnectionString ?? given!,
                Schema = "two_machines_" + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(4)),
            },
        };

        // The owner makes the table; the workers only use it.
        await store.RunAsync(PostgreSqlSchema.CreateScript(new PostgreSqlStoreOptions { Schema = store.Settings.Schema }));
        return store;
    }

    public async ValueTask DisposeAsync()
    {
        if (Settings.Directory.Length > 0)
        {
            Directory.Delete(Settings.Directory, recursive: true);
        }
        else if (_server is null)
        {
            await RunAsync($"DROP SCHEMA {Settings.Schema} CASCADE");
        }
        else
        {
            await _server.DisposeAsync();
        }
    }

    private async Task RunAsync(string statement)
    {
        await using var dataSource = NpgsqlDataSource.Create(Settings.ConnectionString);
        await using var command = dataSource.CreateCommand(statement);
        await command.ExecuteNonQueryAsync();
    }
}
