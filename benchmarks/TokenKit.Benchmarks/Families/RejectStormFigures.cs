namespace TokenKit.Benchmarks;

/// <summary>A thousand calls that all get a 401 for the same token at the same moment: how many token requests follow.</summary>
internal sealed class RejectStormFigures : IFamily
{
    private const int Calls = 1000;

    public string Prefix => "reject.storm";

    public async Task MeasureAsync(IReadOnlyList<SubjectKind> kinds, Figures figures)
    {
        foreach (var kind in kinds)
        {
            figures.Add($"reject.storm.{kind.Name}.requests", await RunAsync(kind), "requests");
        }
    }

    private static async Task<double?> RunAsync(SubjectKind kind)
    {
        var endpoint = new StubTokenEndpoint();
        using var api = new RejectingApi(Calls);
        using var subject = kind.Create(new() { Endpoint = endpoint, Network = () => api });
        if (!subject.ReactsToRejection)
        {
            return null;
        }

        await subject.CallAsync();
        api.Reject();
        endpoint.Delay = TimeSpan.FromMilliseconds(50);
        var before = endpoint.Requests;
        await Task.WhenAll(Enumerable.Range(0, Calls).Select(_ => Task.Run(subject.CallAsync)));
        return endpoint.Requests - before;
    }
}
