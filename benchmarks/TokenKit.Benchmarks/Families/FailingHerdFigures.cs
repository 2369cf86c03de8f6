namespace TokenKit.Benchmarks;

/// <summary>Two hundred callers at once, and an endpoint that refuses for good after 50 ms: how often it is asked.</summary>
internal sealed class FailingHerdFigures : IFamily
{
    private const int Callers = 200;

    public string Prefix => "herd.failing";

    public async Task MeasureAsync(IReadOnlyList<SubjectKind> kinds, Figures figures)
    {
        foreach (var kind in kinds)
        {
            // The bare client asks nobody, and the ideal knows no failure.
            var measured = kind == SubjectKind.Bare || kind == SubjectKind.Ideal || kind == SubjectKind.Ideal401 ? (double?)null : await RunAsync(kind);
            figures.Add($"herd.failing.{kind.Name}.requests", measured, "requests");
        }
    }

    private static async Task<double> RunAsync(SubjectKind kind)
    {
        var endpoint = new StubTokenEndpoint { Refuses = true, Delay = TimeSpan.FromMilliseconds(50) };
        using var subject = kind.Create(new() { Endpoint = endpoint });
        var calls = Enumerable.Range(0, Callers).Select(_ => Attempt.FailsAsync(subject)).ToArray();
        var failed = (await Task.WhenAll(calls)).Count(fails => fails);
        return failed == Callers ? endpoint.Requests : throw new InvalidOperationException($"Only {failed} calls of {kind.Name} failed.");
    }
}
