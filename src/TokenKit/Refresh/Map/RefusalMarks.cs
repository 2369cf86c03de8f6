using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using TokenKit.Definitions;

namespace TokenKit.Refresh.Map;

/// <summary>Makes the marks by which one refused request is told from another.</summary>
internal static class RefusalMarks
{
    /// <summary>The mark of what a request is made of: its text and parameters, its secrets, and what is stored.</summary>
    public static string Of(
        ExchangeDefinition exchange, ImmutableDictionary<string, string> parameters, ImmutableDictionary<string, string> secrets, TokenSet? stored) =>
        Hash(secrets.OrderBy(static secret => secret.Key, StringComparer.Ordinal).SelectMany(static secret => new[] { secret.Key, secret.Value }))
        + Hash(
        [
            exchange.Written,
            .. parameters.OrderBy(static one => one.Key, StringComparer.Ordinal).SelectMany(static one => new[] { one.Key, one.Value }),
            stored?.RefreshToken?.Fingerprint() ?? "",
            stored?.AccessToken?.Fingerprint() ?? "",
        ]);

    private static string Hash(IEnumerable<string> parts) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\0', parts))));
}
