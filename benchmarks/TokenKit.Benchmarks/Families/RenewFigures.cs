using System.Diagnostics;

namespace TokenKit.Benchmarks;

/// <summary>
/// A thousand calls a second for 8 s, tokens that are due after 1 s and usable for 2 s, an endpoint that takes 200 ms: how many
/// calls waited for a token. All subjects run at once, each with its own endpoint.
/// </summary>
internal sealed class RenewFigures : IFamily
{
    private static readonly TimeSpan Stall = TimeSpan.FromMilliseconds(50);

    public string Prefix => "renew";

    public async Task MeasureAsync(IReadOnlyList<SubjectKind> kinds, Figures figures)
    {
        var runs = kinds.Where(kind => kind != SubjectKind.Bare && !kind.Name.StartsWith("ideal", StringComparison.Ordinal))
            .Select(kind => new Run(kind)).ToArray();
        await Task.WhenAll(runs.Select(run => run.StartAsync()));
        await Pace.KeepAsync(1000, TimeSpan.FromSeconds(8), _ => Array.ForEach(runs, static run => run.Call()));
        await Task.WhenAll(runs.Select(run => run.EndAsync()));

        foreach (var kind in kinds)
        {
            var run = Array.Find(runs, run => run.Name == kind.Name);
            figures.Add($"renew.{kind.Name}.stalled_calls", run?.Stalled, "calls");
            figures.Add($"renew.{kind.Name}.requests", run?.Requests, "requests");
        }
    }

    private sealed class Run : IDisposable
    {
        private readonly StubTokenEndpoint _endpoint = new();
        private readonly Subject _subject;
        private readonly List<Task<bool>> _calls = [];

        // For TokenKit a call that had to wait at all counts, which it tells by not ending at once. For the others that would
        // count those too that only took another way, so theirs must have taken a while.
        private readonly bool _countsEveryWait;

        public Run(SubjectKind kind)
        {
            Name = kind.Name;
            _countsEveryWait = kind.Name == "tokenkit";
            _subject = kind.Create(new() { Endpoint = _endpoint, Seconds = (1, 2) });
        }

        public string Name { get; }

        public int Stalled { get; private set; }

        public int Requests => _endpoint.Requests;

        public async Task StartAsync()
        {
            await _subject.CallAsync();
            _endpoint.Delay = TimeSpan.FromMilliseconds(200);
        }

        public void Call() => _calls.Add(StallsAsync());

        public async Task EndAsync()
        {
            Stalled = (await Task.WhenAll(_calls)).Count(stalls => stalls);
            Dispose();
        }

        public void Dispose()
        {
            _subject.Dispose();
            _endpoint.Dispose();
        }

        private async Task<bool> StallsAsync()
        {
            var start = Stopwatch.GetTimestamp();
            var call = _subject.CallAsync();
            if (call.IsCompletedSuccessfully)
            {
                return false;
            }

            await call;
            return _countsEveryWait || Stopwatch.GetElapsedTime(start) > Stall;
        }
    }
}
