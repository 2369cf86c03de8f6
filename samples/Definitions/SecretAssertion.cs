using Microsoft.Extensions.Configuration;
using TokenKit;

namespace Definitions;

/// <summary>
/// Stands in for the code that would fetch an assertion: for the command line <c>assertion.NAME</c> is the secret of the same name.
/// </summary>
internal sealed class SecretAssertion(IConfiguration configuration) : IAssertionSource
{
    public ValueTask<string> GetAssertionAsync(AssertionContext context, CancellationToken cancellationToken) =>
        new(configuration[$"Secrets:{context.Name}"] ?? throw new InvalidOperationException($"There is no secret '{context.Name}' for the assertion of this name."));
}
