using System.Diagnostics;
using System.Globalization;

namespace TokenKit.PostgreSql.Tests;

/// <summary>One process of a fleet: gets orders, and faults by signals.</summary>
internal sealed class FleetProcess : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    private readonly Process _process;

    private bool _isDisposed;

    private FleetProcess(Process process) => _process = process;

    /// <param name="settings">The variables of its environment.</param>
    /// <param name="traceTo">Where strace writes its calls about files, one file for each thread; <see langword="null"/> not to trace it.</param>
    public static async Task<FleetProcess> StartAsync(IReadOnlyDictionary<string, string> settings, string? traceTo = null)
    {
        string[] command = ["dotnet", Path.Combine(AppContext.BaseDirectory, "TokenKit.FaultHost.dll")];
        if (traceTo is not null)
        {
            command = ["strace", "-ff", "-qq", "-s", "4096", "-e", "trace=open,openat,fsync,rename,renameat,renameat2", "-o", traceTo, .. command];
        }

        var start = new ProcessStartInfo(command[0], command[1..])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        foreach (var (name, value) in settings)
        {
            start.Environment[name] = value;
        }

        var process = new FleetProcess(Process.Start(start)!);
        (await process.ReadAsync()).Should().Be("ready");
        return process;
    }

    /// <summary>Gives an order without waiting for its answer.</summary>
    public async Task SendAsync(string order)
    {
        await _process.StandardInput.WriteLineAsync(order);
        await _process.StandardInput.FlushAsync();
    }

    public async Task<string> ReadAsync() => await _process.StandardOutput.ReadLineAsync().WaitAsync(Patience)
        ?? throw new InvalidOperationException($"The process {_process.Id} ended before it answered.");

    public async Task<string> OrderAsync(string order)
    {
        await SendAsync(order);
        return await ReadAsync();
    }

    /// <summary>kill -9: no destructor, no finally, no flush.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
    }

    /// <summary>Its input ends, and so does it.</summary>
    public async Task EndAsync()
    {
        _process.StandardInput.Close();
        using var patience = new CancellationTokenSource(Patience);
        await _process.WaitForExitAsync(patience.Token);
    }

    /// <summary>Stops it, and waits until it stands still: its threads run on until one of them has been given the processor and seen the signal.</summary>
    public async Task PauseAsync()
    {
        await SignalAsync("STOP");
        await Signals.WaitAsync(() => Task.FromResult(StandsStill()), "the process stands still");
    }

    public Task ContinueAsync() => SignalAsync("CONT");

    public async ValueTask DisposeAsync()
    {
        if (_isDisposed)
        {
            return;
        }

        _isDisposed = true;
        if (!_process.HasExited)
        {
            _process.Kill();
        }

        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    private bool StandsStill()
    {
        try
        {
            // The state stands behind the name, which is in parentheses (proc(5)).
            return Directory.EnumerateDirectories(string.Create(CultureInfo.InvariantCulture, $"/proc/{_process.Id}/task"))
                .Select(static thread => File.ReadAllText(Path.Combine(thread, "stat")))
                .All(static line => line[line.LastIndexOf(')') + 2] == 'T');
        }
        catch (IOException)
        {
            // A thread ended while it was looked at.
            return false;
        }
    }

    private async Task SignalAsync(string signal)
    {
        using var kill = Process.Start("kill", ["-" + signal, _process.Id.ToString(CultureInfo.InvariantCulture)]);
        await kill.WaitForExitAsync();
        kill.ExitCode.Should().Be(0);
    }
}
