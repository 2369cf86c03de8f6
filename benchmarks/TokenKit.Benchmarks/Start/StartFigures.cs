using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Configuration.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace TokenKit.Benchmarks;

/// <summary>
/// How long a host takes to start with many registrations, and how long a reload of their file takes. No subject to compare with: nobody
/// else reads a file of definitions.
/// </summary>
internal static class StartFigures
{
    private const int Runs = 5;

    // The same reload is measured often: one takes less than what else the machine does.
    private const int Reloads = 9;

    private const string FileName = "appsettings.json";

    private static readonly int[] Counts = [574, 1148, 2296];

    private static readonly string Key = Convert.ToBase64String([.. Enumerable.Range(0, 32).Select(static number => (byte)number)]);

    public static async Task<int> RunAsync(TextWriter output)
    {
        var figures = new Figures("", output);
        var folder = Directory.CreateTempSubdirectory("tokenkit-start-");
        try
        {
            // What the first start of a process pays once: code is compiled as it is reached.
            Add(figures, $"start.{Counts[0]}.first", [(await MeasureStartAsync(folder.FullName, Counts[0])).All]);
            foreach (var count in Counts)
            {
                var starts = new List<Start>();
                for (var run = 0; run < Runs; run++)
                {
                    starts.Add(await MeasureStartAsync(folder.FullName, count));
                }

                Add(figures, $"start.{count}.register", starts.Select(static start => start.Register));
                Add(figures, $"start.{count}.check", starts.Select(static start => start.Check));
                Add(figures, $"start.{count}", starts.Select(static start => start.All));
                await MeasureReloadsAsync(folder.FullName, count, figures);
            }
        }
        finally
        {
            folder.Delete(recursive: true);
        }

        await output.WriteLineAsync(string.Create(
            CultureInfo.InvariantCulture,
            $"Medians of {Runs} starts and {Reloads} reloads on {Environment.ProcessorCount} processors, {System.Runtime.InteropServices.RuntimeInformation.FrameworkDescription}."));
        return 0;
    }

    private static async Task<Start> MeasureStartAsync(string folder, int count)
    {
        await WriteAsync(folder, count);
        GC.Collect();
        GC.WaitForPendingFinalizers();
        var begin = Moment.Now;
        using var host = Build(folder);
        var built = Moment.Now;
        await host.StartAsync();
        var started = Moment.Now;
        await host.StopAsync();
        return new(built - begin, started - built, started - begin);
    }

    private static async Task MeasureReloadsAsync(string folder, int count, Figures figures)
    {
        await WriteAsync(folder, count);
        using var host = Build(folder);
        await host.StartAsync();
        var configuration = (IConfigurationRoot)host.Services.GetRequiredService<IConfiguration>();
        var (same, one) = (new List<Cost>(), new List<Cost>());
        for (var run = 0; run < Reloads; run++)
        {
            same.Add(Reload(configuration));
            await WriteAsync(folder, count, changed: run % 2 == 0 ? 0 : null);
            one.Add(Reload(configuration));
        }

        Add(figures, $"start.{count}.reload_same", same);
        Add(figures, $"start.{count}.reload_one", one);
        await host.StopAsync();
    }

    // As when the file is watched: IConfigurationRoot.Reload would tell of it twice. The platform's reading of the file is part of it.
    private static Cost Reload(IConfigurationRoot configuration)
    {
        var file = configuration.Providers.OfType<JsonConfigurationProvider>().Single();
        GC.Collect();
        GC.WaitForPendingFinalizers();
        var begin = Moment.Now;
        file.Load();
        return Moment.Now - begin;
    }

    private static void Add(Figures figures, string name, IEnumerable<Cost> costs)
    {
        Cost[] all = [.. costs];
        figures.Add($"{name}.ms", Rounds.Median(all.Select(static cost => cost.Elapsed.TotalMilliseconds)), "ms");
        figures.Add($"{name}.cpu_ms", Rounds.Median(all.Select(static cost => cost.Processor.TotalMilliseconds)), "ms");
    }

    private static IHost Build(string folder)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new() { EnvironmentName = Environments.Production });
        builder.Configuration.AddJsonFile(Path.Combine(folder, FileName), optional: false, reloadOnChange: false);
        builder.Services.AddLogging(static logging => logging.SetMinimumLevel(LogLevel.Warning));
        builder.Services.AddTokenRefresh(builder.Configuration.GetSection(StartDefinitions.Section), registration =>
        {
            registration.UseFileStore(Path.Combine(folder, "store")).UseAesGcm(Key);
            builder.Services.AddHttpClient(registration.Name).AddTokenRefreshHandler(registration.Name);
        });

        return builder.Build();
    }

    private static Task WriteAsync(string folder, int count, int? changed = null) =>
        File.WriteAllTextAsync(Path.Combine(folder, FileName), StartDefinitions.Write(count, changed));

    private readonly record struct Cost(TimeSpan Elapsed, TimeSpan Processor);

    private readonly record struct Moment(long Timestamp, TimeSpan Processor)
    {
        public static Moment Now => new(Stopwatch.GetTimestamp(), Environment.CpuUsage.TotalTime);

        public static Cost operator -(Moment end, Moment begin) =>
            new(Stopwatch.GetElapsedTime(begin.Timestamp, end.Timestamp), end.Processor - begin.Processor);
    }

    private sealed record Start(Cost Register, Cost Check, Cost All);
}
