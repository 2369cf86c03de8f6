namespace TokenKit.Testing;

/// <summary>One demand of a contract, to be run by any test framework as one test.</summary>
public sealed record ContractCheck
{
    /// <summary>What is demanded, as a sentence with underscores. Unique within its contract.</summary>
    public required string Name { get; init; }

    /// <summary>
    /// Runs the check on a store of its own. Throws <see cref="ContractViolationException"/> when the demand is not met;
    /// what the store itself throws passes through.
    /// </summary>
    public required Func<Task> RunAsync { get; init; }

    /// <summary>Returns the name.</summary>
    /// <returns>A text for test lists.</returns>
    public override string ToString() => Name;
}
