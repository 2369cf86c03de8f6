using System.Collections.Concurrent;
using System.Collections.Immutable;
using Microsoft.Extensions.Configuration;
using TokenKit.Definitions;
using TokenKit.Language.Expressions;
using TokenKit.Storage;

namespace TokenKit.Checking.Checks;

/// <summary>The secrets of a check: given ones, those of the configuration, and stand-ins for the rest.</summary>
/// <remarks>No store is read. Thread-safe.</remarks>
internal sealed class CheckSecrets(
    ImmutableDictionary<string, string> given, IConfiguration? configuration, TokenDefinition definition) : ISecretResolver
{
    // Masking a shorter one would make holes in every word, and a letter or two give nothing away.
    private const int LeastMasked = 4;

    private readonly ConcurrentDictionary<string, string> _real = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, string> _standIns = new(StringComparer.Ordinal);

    public ValueTask<string?> ResolveAsync(string name, string subject, CancellationToken cancellationToken)
    {
        if ((given.GetValueOrDefault(name) ?? configuration?.GetSection(ConfigurationSecretStore.Section)[name]) is { } value)
        {
            _real[name] = value;
            return ValueTask.FromResult<string?>(value);
        }

        return ValueTask.FromResult<string?>(
            _standIns.GetOrAdd(name, static (name, definition) => StandInKeys.For(name, definition) ?? $"stand-in-for-{name}", definition));
    }

    /// <summary>Puts asterisks in the place of every secret that is none of ours.</summary>
    public string Mask(string text)
    {
        foreach (var secret in _real.Values.Where(static secret => secret.Length >= LeastMasked))
        {
            text = text.Replace(secret, MaskedScope.Mask, StringComparison.Ordinal)
                .Replace(Uri.EscapeDataString(secret), MaskedScope.Mask, StringComparison.Ordinal);
        }

        return text;
    }
}
