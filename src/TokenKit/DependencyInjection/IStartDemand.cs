namespace TokenKit.DependencyInjection;

/// <summary>Something that must hold before the host may start; another package's part registers one.</summary>
internal interface IStartDemand
{
    /// <summary>What does not hold; each a whole sentence that says what to do.</summary>
    IEnumerable<string> Faults();
}
