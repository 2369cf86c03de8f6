using System.Diagnostics;
using System.Net;

namespace TokenKit.Benchmarks;

/// <summary>Ten thousand callers at once, and no usable token: none yet, or one that has expired. The endpoint takes 50 ms.</summary>
internal sealed class HerdFigures : IFamily
{
    private const int Callers = 10_000;
    private const int HerdRounds = 5;

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
            var runs = await PrepareAsync(kinds.Where(kind => kind != SubjectKind.Bare));
            foreach (var run in runs)
            {
                var herd = await RunAsync(run, round == 0 ? Callers / 20 : Callers);
                if (round > 0)
                {
                    herds[run.Name].Add(herd);
                }
            }
        }

        foreach (var kind in kinds)
        {
            var herd = herds.GetValueOrDefault(kind.Name);
            figures.Add($"{Prefix}.{kind.Name}.requests", herd?.Max(round => round.Requests), "requests");
            figures.Add($"{Prefix}.{kind.Name}.p99_ms", herd is null ? null : Rounds.Median(herd.Select(round => round.P99)), "ms");
        }
    }

    private async Task<List<Prepared>> PrepareAsync(IEnumerable<SubjectKind> kinds)
    {
        var prepared = new List<Prepared>();
        foreach (var kind in kinds)
        {
            var endpoint = new StubTokenEndpoint();
            var subject = kind.Create(new() { Endpoint = endpoint, Seconds = _expired ? (1, 1) : (2700, 3600) });
            prepared.Add(new(kind.Name, subject, endpoint));
            if (_expired)
            {
                await subject.CallAsync();
                endpoint.ExpiresIn = 3600;
                endpoint.RefreshIn = null;
            }
        }

        await Task.Delay(_expired ? TimeSpan.FromSeconds(1.2) : TimeSpan.Zero);
        return prepared;
    }

    private static async Task<Herd> RunAsync(Prepared prepared, int callers)
    {
        using var subject = prepared.Subject;
        var endpoint = prepared.Endpoint;
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

    private sealed record Prepared(string Name, Subject Subject, StubTokenEndpoint Endpoint);

    private sealed record Herd(int Requests, double P99);
}
