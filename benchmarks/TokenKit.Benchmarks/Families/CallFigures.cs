namespace TokenKit.Benchmarks;

/// <summary>What a call with a fresh token costs more than one without, over a network that answers at once.</summary>
internal sealed class CallFigures : IFamily
{
    public string Prefix => "call";

    public async Task MeasureAsync(IReadOnlyList<SubjectKind> kinds, Figures figures)
    {
        using var contenders = new CallContenders(kinds, () => new() { Endpoint = new() });
        await Rounds.MeasureAsync(contenders.All, TimeSpan.FromMilliseconds(1), TimeSpan.FromSeconds(22));

        foreach (var kind in kinds)
        {
            var (with, without) = (contenders.Of(kind), contenders.Without(kind));
            figures.Add($"call.{kind.Name}.added_ns", with == without ? 0 : Rounds.Added(with.Nanoseconds, without.Nanoseconds), "ns");
            figures.Add($"call.{kind.Name}.added_bytes", with == without ? 0 : Math.Round(Rounds.Added(with.Bytes, without.Bytes)), "B");
        }

        figures.Add("call.bare.ns", Rounds.Median(contenders.Bare.Nanoseconds), "ns");
        figures.Add("call.bare.bytes", Math.Round(Rounds.Median(contenders.Bare.Bytes)), "B");
        Noise.Add(figures, "call", contenders.BareAgain.Nanoseconds, contenders.Bare.Nanoseconds, "ns");
    }
}
