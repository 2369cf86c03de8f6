using System.Collections.Concurrent;
using Microsoft.Extensions.Options;
using TokenKit.Definitions.Compilation;

namespace TokenKit.Definitions.Options;

/// <summary>Checks the options of a token name by compiling them; one message lists every fault.</summary>
/// <remarks>
/// Options that were valid once are let through afterwards: a failing validator would throw on the thread that reloads
/// configuration, and at every later read of the options. What is wrong with a reload is noticed, and the last valid
/// definition kept, by <see cref="ReloadingDefinitionSource"/>.
/// </remarks>
internal sealed class TokenRefreshOptionsValidator(CompiledDefinitions compiled) : IValidateOptions<TokenRefreshOptions>
{
    private readonly ConcurrentDictionary<string, bool> _validOnce = new(StringComparer.Ordinal);

    public ValidateOptionsResult Validate(string? name, TokenRefreshOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        var tokenName = name ?? Microsoft.Extensions.Options.Options.DefaultName;
        if (_validOnce.ContainsKey(tokenName))
        {
            return ValidateOptionsResult.Success;
        }

        var faults = compiled.Check(tokenName, options).Faults;
        if (!faults.IsEmpty)
        {
            return ValidateOptionsResult.Fail(DefinitionFault.Describe(tokenName, faults));
        }

        _validOnce.TryAdd(tokenName, true);
        return ValidateOptionsResult.Success;
    }
}
