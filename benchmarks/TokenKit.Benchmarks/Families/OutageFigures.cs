namespace TokenKit.Benchmarks;

/// <summary>
/// A hundred calls a second for 8 s; the token is due after 3 s and usable long after the end; the endpoint is down from the
/// second to the fifth second. All subjects run at once, each with its own endpoint.
/// </summary>
internal sealed class OutageFigures : IFamily
{
    private static readonly TimeSpan From = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Until = TimeSpan.FromSeconds(5);

    public string Prefix => "outage";

    public async Task MeasureAsync(IReadOnlyList<SubjectKind> kinds, Figures figures)
    {
        var runs = kinds.Where(kind => kind != SubjectKind.Bare && !kind.Name.StartsWith("ideal", StringComparison.Ordinal))
            .Select(kind => new Run(kind)).ToArray();
        await Task.WhenAll(runs.Select(run => run.StartAsync()));
        await Pace.KeepAsync(100, TimeSpan.FromSeconds(8), passed =>
        {
            foreach (var run in runs)
            {
                run.Tick(isDown: passed >= From && passed < Until);
            }
        });
        await Task.WhenAll(runs.Select(run => run.EndAsync()));

        foreach (var kind in kinds)
        {
            var run = Array.Find(runs, run => run.Name == kind.Name);
            figures.Add($"outage.{kind.Name}.failed_calls", run?.Failed, "calls");
            figures.Add($"outage.{kind.Name}.requests", run?.Requests, "requests");
        }
    }

    private sealed class Run : IDisposable
    {
        private readonly StubTokenEndpoint _endpoint = new();
        private readonly Subject _subject;
        private readonly List<Task<bool>> _calls = [];

        public Run(SubjectKind kind)
        {
            Name = kind.Name;
            _subject = kind.Create(new() { Endpoint = _endpoint, Seconds = (3, 63) });
        }

        public string Name { get; }

        public int Failed { get; private set; }

        public int Requests => _endpoint.Requests;

        public async Task StartAsync() => await _subject.CallAsync();

        public void Tick(bool isDown)
        {
            _endpoint.IsDown = isDown;
            _calls.Add(Attempt.FailsAsync(_subject));
        }

        public async Task EndAsync()
        {
            Failed = (await Task.WhenAll(_calls)).Count(fails => fails);
            Dispose();
        }

        public void Dispose()
        {
            _subject.Dispose();
            _endpoint.Dispose();
        }
    }
}
