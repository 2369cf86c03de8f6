namespace TokenKit.Benchmarks;

/// <summary>What a token costs on a real socket: processor time of the whole process, the server's share being the same for all.</summary>
internal sealed class LoopbackFigures : IFamily
{
    public string Prefix => "loopback";

    public async Task MeasureAsync(IReadOnlyList<SubjectKind> kinds, Figures figures)
    {
        using var server = new LoopbackApi();

        // One for all: they call one after the other, so all go through the same connection to the same thread of the server.
        using var network = new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false, UseProxy = false };
        using var contenders = new CallContenders(kinds, () => new()
        {
            Endpoint = new(),
            Network = () => new SharedNetwork(network),
            Address = server.Address,
        });
        await Rounds.MeasureAsync(contenders.All, TimeSpan.FromMilliseconds(10), TimeSpan.FromSeconds(36));

        foreach (var kind in kinds)
        {
            var (with, without) = (contenders.Of(kind), contenders.Without(kind));
            figures.Add($"loopback.{kind.Name}.added_cpu_us", with == without ? 0 : Rounds.Added(with.ProcessorMicroseconds, without.ProcessorMicroseconds), "us");
            figures.Add($"loopback.{kind.Name}.added_bytes", with == without ? 0 : Math.Round(Rounds.Added(with.Bytes, without.Bytes)), "B");
        }

        figures.Add("loopback.bare.cpu_us", Rounds.Median(contenders.Bare.ProcessorMicroseconds), "us");
        figures.Add("loopback.bare.bytes", Math.Round(Rounds.Median(contenders.Bare.Bytes)), "B");
        Noise.Add(figures, "loopback", contenders.BareAgain.ProcessorMicroseconds, contenders.Bare.ProcessorMicroseconds, "us");
    }
}
