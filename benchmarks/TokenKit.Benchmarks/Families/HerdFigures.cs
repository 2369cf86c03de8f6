using System.Diagnostics;
using System.Net;

namespace TokenKit.Benchmarks;

/// <summary>Ten thousand callers at once, and no usable token: none yet, or one that has expired. The endpoint takes 50 ms.</summary>
internal sealed class HerdFigures : IFamily
{
    private const int Callers = 10_000;
    // The best of them counts: it is the one that others on the machine disturbed least.
    private const int HerdRounds = 3;

    private readonly bool _expired;

    private HerdFigures(bool expired) => _expired = expired;

    public static HerdFigures Cold { get; } = new(expired: false);

    public static HerdFigures Expired { get; } = new(expired: true);

    public string Prefix => _expired ? "herd.expired" : "herd.cold";

    public async Task MeasureAsync(IReadOnlyList<SubjectKind> kinds, Figures figures)
    {
        var herds = kinds.Where(kind => kind != SubjectKind.Bare).ToDictionary(kind => kind.Name, _ => new List<Herd>());
        for (var round = 0; round <= HerdRounds; round++)
        {
            foreach (var kind in kinds.Where(kind => kind != SubjectKind.Bare))
            {
                var herd = await RunAsync(kind, round == 0 ? Callers / 20 : Callers);
                if (round > 0)
                {
                    herds[kind.Name].Add(herd);
                }
            }
        }

        foreach (var kind in kinds)
        {
            var herd = herds.GetValueOrDefault(kind.Name);
            figures.Add($"{Prefix}.{kind.Name}.requests", herd?.Max(round => round.Requests), "requests");
            figures.Add($"{Prefix}.{kind.Name}.p99_ms", herd is null ? null : herd.Min(round => round.P99), "ms");
        }
    }

    private async Task<Herd> RunAsync(SubjectKind kind, int callers)
    {
        var endpoint = new StubTokenEndpoint();
        using var subject = kind.Create(new() { Endpoint = endpoint, Seconds = _expired ? (1, 1) : (2700, 3600) });
        if (_expired)
        {
            await subject.CallAsync();
            await Task.Delay(TimeSpan.FromSeconds(1.2));
            endpoint.ExpiresIn = 3600;
            endpoint.RefreshIn = null;
        }

        var before = endpoint.Requests;
        endpoint.Delay = TimeSpan.FromMilliseconds(50);
        GC.Collect();
        var calls = new Task<double>[callers];
        for (var caller = 0; caller < callers; caller++)
        {
            calls[caller] = TimedAsync(subject);
        }

        var took = await Task.WhenAll(calls);
        return new(endpoint.Requests - before, Rounds.Quantile(took, 0.99));
    }

    private static async Task<double> TimedAsync(Subject subject)
    {
        var start = Stopwatch.GetTimestamp();
        var status = await subject.CallAsync();
        return status is HttpStatusCode.OK
            ? Stopwatch.GetElapsedTime(start).TotalMilliseconds
            : throw new InvalidOperationException($"A call of the herd ended with {status}.");
    }

    private sealed record Herd(int Requests, double P99);
}
