using System.Collections.Concurrent;
using System.Globalization;

namespace TokenKit.Simulation.Tests;

/// <summary>Runs many seeds, each on one thread, on all cores.</summary>
internal static class SeedRun
{
    /// <summary>How many seeds a test run has: 50,000, or <c>TOKENKIT_SEEDS</c>.</summary>
    public static int Count { get; } = Read("TOKENKIT_SEEDS") ?? 50_000;

    /// <summary>The one seed to be replayed: <c>TOKENKIT_SEED</c>.</summary>
    public static int? Only { get; } = Read("TOKENKIT_SEED");

    /// <summary>Runs seeds and returns what is to be said of those that broke a rule, the smallest seeds first.</summary>
    public static SeedTotals Run(IEnumerable<int> seeds, Func<int, Scenario> scenarioOf)
    {
        var totals = new SeedTotals();
        var next = new ConcurrentQueue<int[]>(seeds.Chunk(100));
        var threads = Enumerable.Range(0, Environment.ProcessorCount).Select(_ => new Thread(() =>
        {
            while (next.TryDequeue(out var chunk))
            {
                foreach (var seed in chunk)
                {
                    var scenario = scenarioOf(seed);
                    totals.Add(seed, scenario, Fleet.Run(seed, scenario));
                }
            }
        })).ToList();
        threads.ForEach(static thread => thread.Start());
        threads.ForEach(static thread => thread.Join());
        return totals;
    }

    /// <summary>The readable history of a seed.</summary>
    public static string Describe(int seed, Scenario scenario)
    {
        var history = Fleet.Run(seed, scenario, isWritten: true);
        var only = Scenarios.Only is { } asked ? $"TOKENKIT_SCENARIO=\"{asked}\" " : "";
        only += Scenarios.OnlyHabits is { } habits ? $"TOKENKIT_HABITS=\"{habits}\" " : "";
        only += Scenarios.OnlyMeanings is { } meanings ? $"TOKENKIT_MEANINGS=\"{meanings}\" " : "";
        return string.Create(CultureInfo.InvariantCulture,
            $"Seed {seed} ({scenario}, {scenario.Habits}, {scenario.Meanings}): {string.Join(" ", history.Wrong.Distinct())}\nReplay: {only}TOKENKIT_SEED={seed} dotnet test tests/TokenKit.Simulation.Tests\n{string.Join('\n', history.Lines)}\n");
    }

    private static int? Read(string variable) =>
        Environment.GetEnvironmentVariable(variable) is { Length: > 0 } text ? int.Parse(text, CultureInfo.InvariantCulture) : null;
}

/// <summary>What many seeds came to. Thread-safe.</summary>
internal sealed class SeedTotals
{
    private readonly Lock _gate = new();

    /// <summary>The smallest seed that broke each rule, and how many did.</summary>
    public SortedDictionary<string, (int First, int Count)> Broken { get; } = new(StringComparer.Ordinal);

    /// <summary>What became of calls, by the habits of the server that the seeds met.</summary>
    public SortedDictionary<ServerHabits, (int Seeds, CallCounts Calls)> Habits { get; } = [];

    /// <summary>What came of several meanings of the record, by these.</summary>
    public SortedDictionary<Meanings, (int Seeds, MeaningCounts Counts)> Meanings { get; } = [];

    public int Seeds { get; private set; }

    public long Refreshes { get; private set; }

    public long Takeovers { get; private set; }

    public void Add(int seed, Scenario scenario, History history)
    {
        lock (_gate)
        {
            Seeds++;
            Refreshes += history.Redemptions.Count;
            Takeovers += history.Takeovers;
            var (seeds, calls) = Habits.GetValueOrDefault(scenario.Habits, (0, new CallCounts()));
            calls.Add(history.Calls);
            Habits[scenario.Habits] = (seeds + 1, calls);
            (seeds, var counts) = Meanings.GetValueOrDefault(scenario.Meanings, (0, new MeaningCounts()));
            counts.Add(history.Meanings);
            Meanings[scenario.Meanings] = (seeds + 1, counts);
            foreach (var rule in history.Wrong.Distinct())
            {
                var (first, count) = Broken.GetValueOrDefault(rule, (seed, 0));
                Broken[rule] = (Math.Min(first, seed), count + 1);
            }
        }
    }
}
