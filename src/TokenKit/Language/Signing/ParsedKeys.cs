using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;

namespace TokenKit.Language.Signing;

/// <summary>
/// The keys of one definition that were read last, so that a text is parsed once and not for each signature: the import of a
/// PEM costs as much as the signature, and a placement may sign every call.
/// </summary>
/// <remarks>
/// Found by a hash of their text, which is not kept. Bounded, because subjects may have keys of their own; what is dropped is
/// freed when its last signature is done. Safe for several threads.
/// </remarks>
internal sealed class ParsedKeys
{
    public const int Most = 16;

    private readonly Lock _lock = new();

    // The one used last stands at the end.
    private readonly List<(byte[] Hash, SigningKey Key)> _keys = [];

    public int Count
    {
        get
        {
            lock (_lock)
            {
                return _keys.Count;
            }
        }
    }

    /// <summary>The key for a text, parsed where it is not known.</summary>
    /// <param name="text">The key as it was resolved.</param>
    /// <param name="password">What opens it.</param>
    /// <param name="parse">Reads it; <see langword="null"/> for what is no key, which is not remembered.</param>
    [SuppressMessage("Reliability", "CA2000", Justification = "A key that is kept outlives this call; one that is dropped may be in use elsewhere.")]
    public SigningKey? Get(string text, string? password, Func<SigningKey?> parse)
    {
        var hash = HashOf(text, password);
        if (Find(hash) is { } known)
        {
            return known;
        }

        // Outside the lock: two that come together parse twice, and nobody waits for them.
        var key = parse();

        // Octets are the secret itself and cost nothing to read, so no copy of them stays behind.
        if (key is { Kind: not SigningKeyKind.Octets })
        {
            Keep(hash, key);
        }

        return key;
    }

    private SigningKey? Find(byte[] hash)
    {
        lock (_lock)
        {
            var index = _keys.FindIndex(entry => entry.Hash.AsSpan().SequenceEqual(hash));
            if (index < 0)
            {
                return null;
            }

            var entry = _keys[index];
            _keys.RemoveAt(index);
            _keys.Add(entry);
            return entry.Key;
        }
    }

    private void Keep(byte[] hash, SigningKey key)
    {
        lock (_lock)
        {
            _keys.RemoveAll(entry => entry.Hash.AsSpan().SequenceEqual(hash));
            if (_keys.Count == Most)
            {
                _keys.RemoveAt(0);
            }

            _keys.Add((hash, key));
        }
    }

    private static byte[] HashOf(string text, string? password)
    {
        var bytes = Encoding.UTF8.GetBytes($"{text.Length}:{text}{password}");
        try
        {
            return SHA256.HashData(bytes);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(bytes);
        }
    }
}
