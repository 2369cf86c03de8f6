using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using MySqlConnector;

namespace TokenKit.Relational.Tests;

/// <summary>A MariaDB of one's own, from the installed programs: on loopback, in a temporary folder, as an unprivileged user.</summary>
/// <remarks>It writes to disk and commits as a server in production does. Disposing ends it and removes the folder.</remarks>
public sealed class MariaDbServer : IAsyncDisposable
{
    private const string User = "tokenkit";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly string? Server = Find("mariadbd");
    private static readonly string? Installer = Find("mariadb-install-db");

    private readonly string _home;
    private readonly string _password;
    private readonly int _port;
    private Process? _process;

    private MariaDbServer(string home, string password, int port) => (_home, _password, _port) = (home, password, port);

    /// <summary>Why no server can be started here, or <see langword="null"/>.</summary>
    public static string? Missing => Server is null || Installer is null
        ? "No MariaDB is installed (looked for mariadbd and mariadb-install-db on the PATH and in /usr/sbin)."
        : null;

    /// <summary>Whether tests fail rather than being skipped where there is none.</summary>
    public static bool IsRequired => Environment.GetEnvironmentVariable("TOKENKIT_REQUIRE_MARIADB") == "1";

    public string ConnectionString => new MySqlConnectionStringBuilder
    {
        Server = "127.0.0.1",
        Port = (uint)_port,
        UserID = User,
        Password = _password,
        Database = "tokens",
        SslMode = MySqlSslMode.Disabled,
        ConnectionTimeout = 15,
    }.ConnectionString;

    private string DataDirectory => Path.Combine(_home, "data");

    private string Log => Path.Combine(_home, "log");

    /// <summary>Makes and starts a server, with a database and a user who may do everything in it.</summary>
    public static async Task<MariaDbServer> StartAsync()
    {
        var home = Directory.CreateTempSubdirectory("tokenkit-mariadb-").FullName;
        var server = new MariaDbServer(home, Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16)), FreePort());
        try
        {
            Directory.CreateDirectory(server.DataDirectory);
            await File.WriteAllTextAsync(
                Path.Combine(home, "init.sql"),
                $"""
                CREATE DATABASE IF NOT EXISTS tokens;
                CREATE USER IF NOT EXISTS '{User}'@'127.0.0.1' IDENTIFIED BY '{server._password}';
                GRANT ALL ON *.* TO '{User}'@'127.0.0.1' WITH GRANT OPTION;

                """);
            if (RunsAs is { } user)
            {
                await RunAsync(new ProcessStartInfo("chown", ["-R", user, home]));
            }

            await RunAsync(StartInfo(Installer!, "--no-defaults", $"--datadir={server.DataDirectory}", "--auth-root-authentication-method=normal", "--skip-test-db"));
            await server.StartAgainAsync();
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts it where it was killed.</summary>
    public async Task StartAgainAsync()
    {
        _process = Process.Start(StartInfo(
            Server!,
            "--no-defaults",
            $"--datadir={DataDirectory}",
            $"--socket={_home}/socket",
            $"--pid-file={_home}/pid",
            $"--log-error={Log}",
            $"--init-file={_home}/init.sql",
            "--bind-address=127.0.0.1",
            string.Create(CultureInfo.InvariantCulture, $"--port={_port}"),
            "--innodb-buffer-pool-size=64M",
            "--max-connections=300",
            "--skip-name-resolve"))!;
        using var deadline = new CancellationTokenSource(Patience);
        while (true)
        {
            try
            {
                await using var connection = new MySqlConnection(ConnectionString + ";Pooling=false");
                await connection.OpenAsync(deadline.Token);
                return;
            }
            catch (MySqlException) when (!_process.HasExited)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(50), deadline.Token);
            }
            catch (MySqlException exception)
            {
                var log = await File.ReadAllTextAsync(Log, deadline.Token);
                throw new InvalidOperationException(string.Create(CultureInfo.InvariantCulture, $"MariaDB ended with {_process.ExitCode}: {log}"), exception);
            }
        }
    }

    /// <summary>Ends it as a crash does.</summary>
    public async Task KillAsync()
    {
        if (_process is { HasExited: false } process)
        {
            process.Kill();
            await process.WaitForExitAsync();
        }

        _process?.Dispose();
        _process = null;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        Directory.Delete(_home, recursive: true);
    }

    // The server refuses to be root.
    private static string? RunsAs => Environment.IsPrivilegedProcess && !OperatingSystem.IsWindows() ? "mysql:mysql" : null;

    private static ProcessStartInfo StartInfo(string path, params IEnumerable<string> arguments) => RunsAs?.Split(':') is [var user, var group]
        ? new ProcessStartInfo("setpriv", ["--reuid", user, "--regid", group, "--clear-groups", "--", path, .. arguments]) { WorkingDirectory = "/" }
        : new ProcessStartInfo(path, arguments) { WorkingDirectory = "/" };

    private static async Task RunAsync(ProcessStartInfo start)
    {
        (start.RedirectStandardOutput, start.RedirectStandardError) = (true, true);
        using var process = Process.Start(start)!;
        using var deadline = new CancellationTokenSource(Patience);
        var printed = await Task.WhenAll(process.StandardOutput.ReadToEndAsync(deadline.Token), process.StandardError.ReadToEndAsync(deadline.Token));
        await process.WaitForExitAsync(deadline.Token);
        if (process.ExitCode != 0)
        {
            throw new InvalidOperationException(string.Create(
                CultureInfo.InvariantCulture, $"'{start.FileName} {string.Join(' ', start.ArgumentList)}' ended with {process.ExitCode}: {string.Concat(printed)}"));
        }
    }

    private static string? Find(string program) => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
        .Append("/usr/sbin").Select(directory => Path.Combine(directory, program)).FirstOrDefault(File.Exists);

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
