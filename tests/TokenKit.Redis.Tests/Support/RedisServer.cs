using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using StackExchange.Redis;

namespace TokenKit.Redis.Tests;

/// <summary>A Redis of one's own, from the installed program: on loopback, in a temporary folder. Disposing ends it and removes the folder.</summary>
public sealed class RedisServer : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private static readonly string? Binary = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
        .Append("/usr/bin").SelectMany(static directory => new[] { "redis-server", "valkey-server" }.Select(name => Path.Combine(directory, name))).FirstOrDefault(File.Exists);

    private readonly string _home;
    private readonly string[] _settings;
    private Process? _process;

    private RedisServer(string home, int port, string[] settings) => (_home, Port, _settings) = (home, port, settings);

    /// <summary>Why none can be started here, or <see langword="null"/>.</summary>
    public static string? Missing => Binary is null ? "No Redis is installed (looked for redis-server and valkey-server on the PATH)." : null;

    /// <summary>Whether the lack of one fails the tests instead of skipping them.</summary>
    public static bool IsRequired => Environment.GetEnvironmentVariable("TOKENKIT_REQUIRE_REDIS") == "1";

    /// <summary>The port on 127.0.0.1.</summary>
    public int Port { get; }

    /// <summary>Starts one.</summary>
    /// <param name="settings">Further arguments, such as <c>--appendonly yes</c>, a word each.</param>
    public static async Task<RedisServer> StartAsync(params string[] settings)
    {
        var server = new RedisServer(Directory.CreateTempSubdirectory("tokenkit-redis-").FullName, FreePort(), settings);
        try
        {
            await server.StartAgainAsync();
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts it where it was killed, on what it had written.</summary>
    public async Task StartAgainAsync()
    {
        _process = Process.Start(new ProcessStartInfo(
            Binary!,
            [
                "--bind", "127.0.0.1", "--port", Port.ToString(CultureInfo.InvariantCulture), "--dir", _home, "--save", "", "--daemonize", "no",
                "--logfile", Path.Combine(_home, "log"), .. _settings,
            ]) { WorkingDirectory = _home })!;
        using var deadline = new CancellationTokenSource(Patience);
        while (true)
        {
            try
            {
                using var client = new TcpClient();
                await client.ConnectAsync(IPAddress.Loopback, Port, deadline.Token);
                await client.GetStream().WriteAsync("PING\r\n"u8.ToArray(), deadline.Token);
                var answer = new byte[64];
                var count = await client.GetStream().ReadAsync(answer, deadline.Token);
                if (count > 0 && answer[0] == (byte)'+')
                {
                    return;
                }
            }
            catch (Exception exception) when (exception is SocketException or IOException && !_process.HasExited)
            {
                // Not yet.
            }

            await Task.Delay(TimeSpan.FromMilliseconds(20), deadline.Token);
        }
    }

    /// <summary>Ends it as a crash does.</summary>
    public async Task KillAsync()
    {
        if (_process is { } process)
        {
            process.Kill();
            await process.WaitForExitAsync();
            process.Dispose();
            _process = null;
        }
    }

    /// <summary>Connects to it, or to another port that leads to it.</summary>
    public async Task<ConnectionMultiplexer> ConnectAsync(int? port = null, bool asAdministrator = true)
    {
        var options = new ConfigurationOptions { AbortOnConnectFail = false, AllowAdmin = asAdministrator, ConnectTimeout = 2000, ReconnectRetryPolicy = new LinearRetry(100) };
        options.EndPoints.Add(IPAddress.Loopback, port ?? Port);
        return await ConnectionMultiplexer.ConnectAsync(options);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        Directory.Delete(_home, recursive: true);
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
