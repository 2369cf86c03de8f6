using TokenKit.Testing;

namespace TokenKit.Benchmarks;

/// <summary>
/// An API that answers 401 to every token, 100 calls a second for a minute of a clock that is moved by hand: how many tokens
/// are requested beyond the first. A subject that takes no clock does its 6,000 calls all the same.
/// </summary>
internal sealed class RejectAlwaysFigures : IFamily
{
    private const int Calls = 6000;
    private static readonly TimeSpan Between = TimeSpan.FromMilliseconds(10);

    public string Prefix => "reject.always";

    public async Task MeasureAsync(IReadOnlyList<SubjectKind> kinds, Figures figures)
    {
        foreach (var kind in kinds)
        {
            figures.Add($"reject.always.{kind.Name}.requests", await RunAsync(kind), "requests");
        }
    }

    private static async Task<double?> RunAsync(SubjectKind kind)
    {
        var time = new ManualTimeProvider();
        var endpoint = new StubTokenEndpoint();
        using var api = new RejectingApi(stormOf: 0);
        using var subject = kind.Create(new() { Endpoint = endpoint, Network = () => api, Time = time });
        if (!subject.ReactsToRejection)
        {
            return null;
        }

        await subject.CallAsync();
        api.IsRejecting = true;
        var before = endpoint.Requests;
        for (var call = 0; call < Calls; call++)
        {
            await subject.CallAsync();
            time.Advance(Between);
        }

        return endpoint.Requests - before;
    }
}
