using System.Buffers;
using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;

namespace TokenKit;

/// <summary>The keys that seal secrets at rest: one that seals, and older ones that still open.</summary>
/// <remarks>
/// <para>
/// To rotate, put the new key in front and keep the old one behind it; what is written from then on is sealed with the
/// new one. The old key can go once every record was written again.
/// </para>
/// <para>Immutable and safe for use by several threads. Prints no key. The keys live in managed memory for as long as the ring.</para>
/// </remarks>
[DebuggerDisplay("{ToString(),nq}")]
public sealed class SecretKeyRing
{
    /// <summary>The length of a key: 32 bytes, for AES-256.</summary>
    public const int KeySize = 32;

    private const int MaxIdLength = 64;

    private static readonly SearchValues<char> IdCharacters =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-");

    [DebuggerBrowsable(DebuggerBrowsableState.Never)]
    private readonly FrozenDictionary<string, byte[]> _keys;

    private SecretKeyRing(ImmutableArray<string> ids, Dictionary<string, byte[]> keys)
    {
        KeyIds = ids;
        _keys = keys.ToFrozenDictionary(StringComparer.Ordinal);
    }

    /// <summary>The id of the key that seals.</summary>
    public string CurrentKeyId => KeyIds[0];

    /// <summary>The ids of all keys, the current one first. They stand in every record and are no secret.</summary>
    public IReadOnlyList<string> KeyIds { get; }

    /// <summary>Makes a ring of keys written as text.</summary>
    /// <param name="keys">
    /// The current key first, then older ones. Each is 32 random bytes in base64 (<c>openssl rand -base64 32</c>), optionally
    /// with an id and a colon before it: <c>2026-11:q83v…</c>. An id has 1 to 64 letters, digits, <c>.</c>, <c>_</c> or
    /// <c>-</c>; without one, it is the first eight hexadecimal digits of the key's SHA-256.
    /// </param>
    /// <returns>The ring.</returns>
    /// <exception cref="ArgumentException">
    /// There is no key, or one is not base64, does not have 32 bytes, or comes twice, or an id is malformed or comes twice.
    /// The message names the position, never the key.
    /// </exception>
    public static SecretKeyRing Parse(params string[] keys)
    {
        ArgumentNullException.ThrowIfNull(keys);
        return TryParse(keys, out var ring, out var problem) ? ring : throw new ArgumentException(problem, nameof(keys));
    }

    /// <summary>Returns the ids, never a key.</summary>
    /// <returns>A text for messages.</returns>
    public override string ToString() => $"key ring of {string.Join(", ", KeyIds)}";

    /// <summary>As <see cref="Parse"/>, and says what is wrong.</summary>
    internal static bool TryParse(IReadOnlyList<string?> keys, [NotNullWhen(true)] out SecretKeyRing? ring, [NotNullWhen(false)] out string? problem)
    {
        (ring, problem) = (null, null);
        if (keys.Count == 0)
        {
            problem = "A key ring needs at least one key: 32 random bytes in base64, as 'openssl rand -base64 32' prints them.";
            return false;
        }

        var ids = ImmutableArray.CreateBuilder<string>(keys.Count);
        var parsed = new Dictionary<string, byte[]>(StringComparer.Ordinal);
        for (var index = 0; index < keys.Count; index++)
        {
            problem = Add(keys[index], $"Key {index + 1} of the ring", ids, parsed);
            if (problem is not null)
            {
                return false;
            }
        }

        ring = new SecretKeyRing(ids.MoveToImmutable(), parsed);
        return true;
    }

    internal bool TryGetKey(string id, [NotNullWhen(true)] out byte[]? key) => _keys.TryGetValue(id, out key);

    internal bool HasSameKeysAs(SecretKeyRing other) =>
        KeyIds.SequenceEqual(other.KeyIds, StringComparer.Ordinal)
        && KeyIds.All(id => CryptographicOperations.FixedTimeEquals(_keys[id], other._keys[id]));

    internal static bool IsKeyId(ReadOnlySpan<char> id) =>
        id.Length is > 0 and <= MaxIdLength
        && !id.ContainsAnyExcept(IdCharacters);

    // What is wrong, or null.
    private static string? Add(string? text, string which, ImmutableArray<string>.Builder ids, Dictionary<string, byte[]> parsed)
    {
        if (string.IsNullOrWhiteSpace(text))
        {
            return $"{which} is empty. Is the setting missing that it is read from? Make a key with 'openssl rand -base64 32'.";
        }

        // Base64 has no colon.
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        var id = colon < 0 ? null : text[..colon].Trim();
        if (id is not null && !IsKeyId(id))
        {
            return $"{which} has a malformed id. An id has 1 to {MaxIdLength} letters, digits, '.', '_' or '-'.";
        }

        // Room for more than a key, so that one that is too long is seen to be.
        var key = new byte[KeySize];
        Span<byte> decoded = stackalloc byte[KeySize * 2];
        var isBase64 = Convert.TryFromBase64Chars(text.AsSpan(colon + 1).Trim(), decoded, out var length);
        decoded[..KeySize].CopyTo(key);
        CryptographicOperations.ZeroMemory(decoded);
        if (!isBase64 || length != KeySize)
        {
            CryptographicOperations.ZeroMemory(key);
            return $"{which} is not {KeySize} bytes in base64. Make one with 'openssl rand -base64 32'.";
        }

        if (parsed.Values.Any(other => CryptographicOperations.FixedTimeEquals(other, key)))
        {
            return $"{which} comes twice. Remove one of the two.";
        }

        id ??= Convert.ToHexStringLower(SHA256.HashData(key).AsSpan(0, 4));
        if (!parsed.TryAdd(id, key))
        {
            return $"{which} has the id '{id}', which another key has. Give it an id of its own.";
        }

        ids.Add(id);
        return null;
    }
}
