using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace TokenKit.PrivatePostgreSql;

/// <summary>A PgBouncer of one's own before a server: in transaction mode, on loopback, in a temporary folder, as an unprivileged user.</summary>
/// <remarks>Clients outnumber its connections to the server, so that each of their statements may run on another one. Disposing stops it.</remarks>
public sealed class PrivateBouncer : IAsyncDisposable
{
    private static readonly string? Binary = Environment.GetEnvironmentVariable("PATH")!.Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
        .Append("/usr/sbin").Select(static directory => Path.Combine(directory, "pgbouncer")).FirstOrDefault(File.Exists);

    private readonly string _home;
    private readonly Process _process;

    private PrivateBouncer(string home, Process process, int port) => (_home, _process, Port) = (home, process, port);

    /// <summary>Why none can be started here, or <see langword="null"/>.</summary>
    public static string? Missing => Binary is null ? "No PgBouncer is installed (looked for pgbouncer on the PATH and in /usr/sbin)." : null;

    /// <summary>The port on 127.0.0.1.</summary>
    public int Port { get; }

    /// <summary>Starts one before a server that a user enters with a password.</summary>
    public static async Task<PrivateBouncer> StartAsync(string host, int port, string user, string password)
    {
        var home = Directory.CreateTempSubdirectory("tokenkit-bouncer-").FullName;
        var own = PrivateServer.FreePort();
        var settings = Path.Combine(home, "pgbouncer.ini");
        await File.WriteAllLinesAsync(
            settings,
            [
                "[databases]",
                string.Create(CultureInfo.InvariantCulture, $"* = host={host} port={port}"),
                "[pgbouncer]",
                "pool_mode = transaction",
                "default_pool_size = 5",
                "max_client_conn = 1000",
                "listen_addr = 127.0.0.1",
                string.Create(CultureInfo.InvariantCulture, $"listen_port = {own}"),
                "unix_socket_dir =",
                "auth_type = scram-sha-256",
                $"auth_file = {home}/users",
                $"logfile = {home}/log",
                "ignore_startup_parameters = extra_float_digits",
            ]);
        await File.WriteAllTextAsync(Path.Combine(home, "users"), $"\"{user}\" \"{password.Replace("\"", "\"\"", StringComparison.Ordinal)}\"\n");
        await PostgreSqlBinaries.HandOverAsync(home);
        var bouncer = new PrivateBouncer(home, Process.Start(PostgreSqlBinaries.StartInfo(Binary!, "-q", settings))!, own);
        try
        {
            await bouncer.ListensAsync();
            return bouncer;
        }
        catch
        {
            await bouncer.DisposeAsync();
            throw;
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
        }

        await _process.WaitForExitAsync();
        _process.Dispose();
        Directory.Delete(_home, recursive: true);
    }

    private async Task ListensAsync()
    {
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (true)
        {
            try
            {
                using var client = new TcpClient();
                await client.ConnectAsync(IPAddress.Loopback, Port, deadline.Token);
                return;
            }
            catch (SocketException) when (!_process.HasExited)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(20), deadline.Token);
            }
            catch (SocketException exception)
            {
                var log = await File.ReadAllTextAsync(Path.Combine(_home, "log"), deadline.Token);
                throw new InvalidOperationException(
                    string.Create(CultureInfo.InvariantCulture, $"PgBouncer ended with {_process.ExitCode}: {log}"), exception);
            }
        }
    }
}
