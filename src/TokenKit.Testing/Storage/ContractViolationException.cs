namespace TokenKit.Testing;

/// <summary>A store does not do what its contract demands. The message says what was expected and what came.</summary>
public sealed class ContractViolationException : Exception
{
    /// <summary>Makes the exception.</summary>
    /// <param name="message">What was expected and what came.</param>
    public ContractViolationException(string message)
        : base(message)
    {
    }
}
