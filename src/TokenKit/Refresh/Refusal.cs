using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;

namespace TokenKit;

/// <summary>That a server refused what it was sent, and a mark of that: whoever has something else to send need not wait.</summary>
/// <param name="Kind">What was spent by asking.</param>
/// <param name="Mark">The mark of what was sent.</param>
internal sealed record Refusal(RefusalKind Kind, string Mark)
{
    private const int MarkLength = 64;
    private const int SharedLength = 3;

    /// <summary>
    /// The mark as it is left beside the lease for other processes; <see langword="null"/> where the refusal is no matter of theirs.
    /// </summary>
    public string? Shared => Kind is RefusalKind.Client ? null : Shorten(Mark);

    /// <summary>The mark of what a request is made of: its text and parameters, its secrets, and what is stored.</summary>
    public static string MarkOf(
        ExchangeDefinition exchange, ImmutableDictionary<string, string> parameters, ImmutableDictionary<string, string> secrets, TokenSet? stored) =>
        Hash(secrets.OrderBy(static secret => secret.Key, StringComparer.Ordinal).SelectMany(static secret => new[] { secret.Key, secret.Value }))
        + Hash(
        [
            exchange.Written,
            .. parameters.OrderBy(static one => one.Key, StringComparer.Ordinal).SelectMany(static one => new[] { one.Key, one.Value }),
            stored?.RefreshToken?.Fingerprint() ?? "",
            stored?.AccessToken?.Fingerprint() ?? "",
        ]);

    /// <summary>
    /// What may be shown of a mark. Twelve bits of the secrets and twelve of the rest tell another secret in 4,095 cases of 4,096;
    /// whoever reads the store can check a guess at a password no further than that.
    /// </summary>
    public static string Shorten(string mark) => $"{mark[..SharedLength]}-{mark[MarkLength..(MarkLength + SharedLength)]}";

    private static string Hash(IEnumerable<string> parts) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\0', parts))));

    public override string ToString() => Kind.ToString();
}

/// <summary>What was spent by a request that was refused.</summary>
internal enum RefusalKind
{
    /// <summary>Nothing: the client was refused before anything else was looked at.</summary>
    Client,

    /// <summary>A try at somebody's account, of which there are few.</summary>
    Login,

    /// <summary>An assertion, another token or the client's own right to one.</summary>
    Program,
}
