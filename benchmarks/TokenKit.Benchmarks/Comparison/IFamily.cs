namespace TokenKit.Benchmarks;

/// <summary>Figures that are measured together.</summary>
internal interface IFamily
{
    /// <summary>What the names of its figures begin with.</summary>
    string Prefix { get; }

    /// <summary>Measures all subjects in turn and adds their figures.</summary>
    Task MeasureAsync(IReadOnlyList<SubjectKind> kinds, Figures figures);
}
