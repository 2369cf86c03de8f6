namespace TokenKit.Benchmarks;

/// <summary>A hundred thousand tokens of one registration: what each holds beside its own text, and what a hit costs.</summary>
internal sealed class KeysFigures : IFamily
{
    private const int Keys = 100_000;
    private const int TokenLength = 100;

    // No divisor of the number of keys: a walk that reaches them all and finds none beside the last one.
    private const int Stride = 40_503;

    // Header and length of a string, two bytes a character, rounded up.
    private const int TokenBytes = (22 + (2 * TokenLength) + 7) / 8 * 8;

    public string Prefix => "keys100k";

    public async Task MeasureAsync(IReadOnlyList<SubjectKind> kinds, Figures figures)
    {
        var keys = Enumerable.Range(0, Keys).Select(number => FormattableString.Invariant($"tenant-{number:000000}")).ToArray();
        var bytes = new Dictionary<string, double>();
        var subjects = new List<Subject>();
        var contenders = new Dictionary<string, Contender>();
        foreach (var kind in kinds)
        {
            var subject = kind.Create(new() { Endpoint = new(TokenLength), Seconds = (80_000, 86_400) });
            subjects.Add(subject);
            if (!subject.HasKeys)
            {
                continue;
            }

            await subject.GetAsync("another");
            var before = GC.GetTotalMemory(forceFullCollection: true);
            foreach (var key in keys)
            {
                await subject.GetAsync(key);
            }

            bytes[kind.Name] = ((GC.GetTotalMemory(forceFullCollection: true) - before) / (double)Keys) - TokenBytes;
            contenders[kind.Name] = new(kind.Name, new Walk(subject, keys).GetAsync);
        }

        await Rounds.MeasureAsync([.. contenders.Values], TimeSpan.FromMilliseconds(5), TimeSpan.FromSeconds(6));
        foreach (var kind in kinds)
        {
            var contender = contenders.GetValueOrDefault(kind.Name);
            figures.Add($"keys100k.{kind.Name}.bytes_per_token", contender is null ? null : Math.Round(bytes[kind.Name]), "B");
            figures.Add($"keys100k.{kind.Name}.hit_ns", contender is null ? null : Rounds.Median(contender.Nanoseconds), "ns");
        }

        subjects.ForEach(subject => subject.Dispose());
    }

    private sealed class Walk(Subject subject, string[] keys)
    {
        private int _place;

        public async Task GetAsync(int times)
        {
            for (var hit = 0; hit < times; hit++)
            {
                _place = (_place + Stride) % keys.Length;
                await subject.GetAsync(keys[_place]);
            }
        }
    }
}
