namespace TokenKit.Benchmarks;

/// <summary>Getting a fresh token from memory.</summary>
internal sealed class GetFigures : IFamily
{
    public string Prefix => "get";

    public async Task MeasureAsync(IReadOnlyList<SubjectKind> kinds, Figures figures)
    {
        var subjects = kinds.Select(kind => kind.Create(new() { Endpoint = new() })).ToArray();
        var again = SubjectKind.Ideal.Create(new() { Endpoint = new() });
        var contenders = kinds.Zip(subjects, static (kind, subject) => (kind.Name, Subject: subject))
            .Append(("ideal again", again))
            .Where(pair => pair.Item2.HasGet)
            .Select(pair => new Contender(pair.Item1, pair.Item2.GetAsync))
            .ToDictionary(contender => contender.Name);
        await Rounds.MeasureAsync([.. contenders.Values], TimeSpan.FromMilliseconds(1), TimeSpan.FromSeconds(10));

        foreach (var kind in kinds)
        {
            var contender = contenders.GetValueOrDefault(kind.Name);
            figures.Add($"get.{kind.Name}.ns", contender is null ? null : Rounds.Median(contender.Nanoseconds), "ns");
            figures.Add($"get.{kind.Name}.bytes", contender is null ? null : Math.Round(Rounds.Median(contender.Bytes)), "B");
        }

        Noise.Add(figures, "get", contenders["ideal again"].Nanoseconds, contenders["ideal"].Nanoseconds, "ns");
        foreach (var subject in subjects.Append(again))
        {
            subject.Dispose();
        }
    }
}
