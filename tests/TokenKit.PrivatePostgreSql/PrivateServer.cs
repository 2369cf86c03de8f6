using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;

namespace TokenKit.PrivatePostgreSql;

/// <summary>A PostgreSQL of one's own, from the installed programs: on loopback, in a temporary folder, as an unprivileged user.</summary>
/// <remarks>It writes to disk and commits as a server in production does. Disposing stops it and removes the folder.</remarks>
public sealed class PrivateServer : IAsyncDisposable
{
    private readonly string _home;
    private readonly string _password;

    private PrivateServer(string home, string password, int port) => (_home, _password, Port) = (home, password, port);

    /// <summary>Why no server can be started here, or <see langword="null"/>.</summary>
    public static string? Missing => PostgreSqlBinaries.Directory is null
        ? "No PostgreSQL is installed (looked for pg_ctl under /usr/lib/postgresql and on the PATH)."
        : null;

    /// <summary>The folder that everything of the databases is in.</summary>
    public string DataDirectory => Path.Combine(_home, "data");

    /// <summary>The folder of everything: the data, the log of the server.</summary>
    public string Home => _home;

    /// <summary>The port on 127.0.0.1.</summary>
    public int Port { get; }

    /// <summary>For Npgsql, as the superuser.</summary>
    public string ConnectionString => string.Create(
        CultureInfo.InvariantCulture,
        $"Host=127.0.0.1;Port={Port};Username=postgres;Password={_password};Database=postgres;Timeout=15");

    /// <summary>Makes and starts a server.</summary>
    /// <param name="settings">Lines for its configuration.</param>
    public static async Task<PrivateServer> StartAsync(params IEnumerable<string> settings)
    {
        var home = Directory.CreateTempSubdirectory("tokenkit-pg-").FullName;
        var password = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));
        var server = new PrivateServer(home, password, FreePort());
        try
        {
            await File.WriteAllTextAsync(Path.Combine(home, "password"), password);
            await PostgreSqlBinaries.HandOverAsync(home);
            await PostgreSqlBinaries.RunAsync(
                "initdb", "-D", server.DataDirectory, "-U", "postgres", $"--pwfile={home}/password", "--auth=scram-sha-256",
                "--encoding=UTF8", "--locale=C", "--no-sync");
            await server.ConfigureAsync(["max_connections = 300", "max_wal_senders = 4", .. settings]);
            await server.StartAgainAsync();
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts it where it was stopped or killed.</summary>
    public Task StartAgainAsync() => PostgreSqlBinaries.RunAsync(
        "pg_ctl", "-D", DataDirectory, "-l", Path.Combine(_home, "server.log"), "-w", "-t", "60", "start");

    /// <summary>Stops it: <c>fast</c> ends all connections, <c>immediate</c> is as a crash.</summary>
    public Task StopAsync(string mode = "fast") => PostgreSqlBinaries.RunAsync("pg_ctl", "-D", DataDirectory, "-m", mode, "-w", "stop");

    /// <summary>Makes a standby that follows this server. Transactions do not wait for it unless <c>synchronous_standby_names</c> says so.</summary>
    public async Task<PrivateServer> FollowAsync()
    {
        var home = Directory.CreateTempSubdirectory("tokenkit-pg-").FullName;
        var standby = new PrivateServer(home, _password, FreePort());
        try
        {
            await PostgreSqlBinaries.HandOverAsync(home);
            await PostgreSqlBinaries.RunAsync(
                "pg_basebackup", "-D", standby.DataDirectory, "-R", "-X", "stream", "-c", "fast",
                "-d", string.Create(CultureInfo.InvariantCulture, $"host=127.0.0.1 port={Port} user=postgres password={_password} application_name=standby"));

            // The configuration was copied, too: promoted, it would wait for a standby that it does not have.
            await standby.ConfigureAsync(["synchronous_standby_names = ''"]);
            await standby.StartAgainAsync();
            return standby;
        }
        catch
        {
            await standby.DisposeAsync();
            throw;
        }
    }

    /// <summary>Makes the standby a server that takes writes.</summary>
    public Task PromoteAsync() => PostgreSqlBinaries.RunAsync("pg_ctl", "-D", DataDirectory, "-w", "promote");

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (File.Exists(Path.Combine(DataDirectory, "postmaster.pid")))
        {
            try
            {
                await StopAsync("immediate");
            }
            catch (InvalidOperationException)
            {
                // It had ended by itself and left its file.
            }
        }

        Directory.Delete(_home, recursive: true);
    }

    internal static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private async Task ConfigureAsync(IEnumerable<string> settings)
    {
        // The last line about a setting counts, so a standby's port replaces the one it copied.
        await File.AppendAllLinesAsync(
            Path.Combine(DataDirectory, "postgresql.conf"),
            [
                "listen_addresses = '127.0.0.1'",
                string.Create(CultureInfo.InvariantCulture, $"port = {Port}"),
                "unix_socket_directories = ''",
                .. settings,
            ]);
    }
}
