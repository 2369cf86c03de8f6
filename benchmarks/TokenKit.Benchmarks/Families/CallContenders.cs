namespace TokenKit.Benchmarks;

/// <summary>All subjects that make calls, what each is compared with, and the bare client once more for the noise.</summary>
internal sealed class CallContenders : IDisposable
{
    private readonly Dictionary<string, Contender> _contenders = [];
    private readonly List<Subject> _subjects = [];

    /// <param name="kinds">The subjects.</param>
    /// <param name="setting">Makes the setting of one; each has its own.</param>
    public CallContenders(IReadOnlyList<SubjectKind> kinds, Func<SubjectSetting> setting)
    {
        foreach (var kind in kinds.Concat(kinds.Select(kind => kind.Without).OfType<SubjectKind>()).Append(SubjectKind.Bare with { Name = "bare again" }))
        {
            var subject = kind.Create(setting());
            _subjects.Add(subject);
            _contenders.Add(kind.Name, new(kind.Name, subject.CallAsync));
        }
    }

    public IReadOnlyList<Contender> All => [.. _contenders.Values];

    public Contender Bare => _contenders["bare"];

    public Contender BareAgain => _contenders["bare again"];

    public Contender Of(SubjectKind kind) => _contenders[kind.Name];

    /// <summary>The same without a token.</summary>
    public Contender Without(SubjectKind kind) => _contenders[kind.Without?.Name ?? "bare"];

    public void Dispose() => _subjects.ForEach(subject => subject.Dispose());
}
