namespace TokenKit.Benchmarks;

/// <summary>One refresh after the other, with an endpoint that answers at once: what obtaining a token costs beside the network.</summary>
internal sealed class RefreshFigures : IFamily
{
    // As short as the tokens of many servers, so that an answer has some 120 bytes.
    private const int TokenLength = 40;

    public string Prefix => "refresh";

    public async Task MeasureAsync(IReadOnlyList<SubjectKind> kinds, Figures figures)
    {
        var subjects = kinds.Select(static kind => (kind.Name, Subject: kind.Create(new() { Endpoint = new(TokenLength) }))).ToArray();
        var contenders = subjects.Where(static pair => pair.Subject.HasRefresh)
            .Select(static pair => new Contender(pair.Name, pair.Subject.RefreshAsync))
            .ToDictionary(static contender => contender.Name);
        await Rounds.MeasureAsync([.. contenders.Values], TimeSpan.FromMilliseconds(2), TimeSpan.FromSeconds(10));

        foreach (var (name, subject) in subjects)
        {
            var contender = contenders.GetValueOrDefault(name);
            figures.Add($"refresh.memory.{name}.cpu_us", contender is null ? null : Rounds.Median(contender.ProcessorMicroseconds), "us");
            figures.Add($"refresh.memory.{name}.bytes", contender is null ? null : Math.Round(Rounds.Median(contender.Bytes)), "B");
            subject.Dispose();
        }
    }
}
