using System.Diagnostics;
using System.Globalization;

namespace TwoMachines;

/// <summary>A worker as a process of its own: this program once more, with a worker's settings.</summary>
internal sealed class WorkerProcess : IAsyncDisposable
{
    private readonly Process _process;

    private WorkerProcess(Process process) => _process = process;

    public bool IsDead { get; private set; }

    public static async Task<WorkerProcess> StartAsync(WorkerSettings settings, Timeline timeline)
    {
        var start = new ProcessStartInfo("dotnet", [typeof(WorkerProcess).Assembly.Location])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        settings.WriteTo(start.Environment);
        var worker = new WorkerProcess(Process.Start(start)!);
        if (await worker._process.StandardOutput.ReadLineAsync() != "ready")
        {
            throw new InvalidOperationException($"Worker {settings.Name} did not start.");
        }

        timeline.Write($"{settings.Name}  started");
        return worker;
    }

    public async Task KillAsync()
    {
        IsDead = true;
        _process.Kill();
        await _process.WaitForExitAsync();
    }

    /// <returns>How many of its callers' calls failed.</returns>
    public async Task<int> StopAsync()
    {
        await _process.StandardInput.WriteLineAsync("stop");
        var failures = await _process.StandardOutput.ReadLineAsync();
        return int.Parse(failures ?? "1", CultureInfo.InvariantCulture);
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
            await _process.WaitForExitAsync();
        }

        _process.Dispose();
    }
}
