namespace TokenKit.Testing;

/// <summary>One demand of a contract, to be run by any test framework as one test.</summary>
/// <param name="Name">What is demanded, as a sentence with underscores. Unique within its contract.</param>
/// <param name="RunAsync">
/// Runs the check on a store of its own. Throws <see cref="ContractViolationException"/> when the demand is not met;
/// what the store itself throws passes through.
/// </param>
public sealed record ContractCheck(string Name, Func<Task> RunAsync)
{
    /// <summary>Returns the name.</summary>
    /// <returns>A text for test lists.</returns>
    public override string ToString() => Name;
}
