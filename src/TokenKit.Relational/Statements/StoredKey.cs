using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace TokenKit;

/// <summary>A key as a row has it: the hash that finds it, and its kind and three texts for people and listings.</summary>
internal sealed class StoredKey(SecretKey key)
{
    public SecretKey Key { get; } = key;

    /// <summary>Never the same for two keys, and short: an index takes no long texts.</summary>
    public string Hash { get; } = HashOf(key);

    public string Kind => WordOf(Key.Kind);

    public string Environment => KeyText.Encode(Key.Environment);

    public string Name => KeyText.Encode(Key.Name);

    public string Subject => KeyText.Encode(Key.Subject);

    /// <summary>The key that a row names.</summary>
    /// <returns><see langword="null"/> where it is not the key that the row's hash was made of: nobody finds the row under it.</returns>
    public static StoredKey? Read(string kind, string environment, string name, string subject, string hash)
    {
        try
        {
            var key = new StoredKey(new SecretKey(KeyText.Decode(environment), KeyText.Decode(name), KeyText.Decode(subject))
            {
                Kind = kind switch
                {
                    "secret" => SecretKind.Secret,
                    "token set" => SecretKind.TokenSet,
                    _ => SecretKind.Unknown,
                },
            });
            return key.Hash == hash ? key : null;
        }
        catch (FormatException)
        {
            return null;
        }
    }

    // In use for good: rows are found by it.
    internal static string WordOf(SecretKind kind) => kind switch
    {
        SecretKind.Secret => "secret",
        SecretKind.TokenSet => "token set",
        _ => "unknown",
    };

    // Each text behind its length, so that no two keys are written alike, and in UTF-16: a conversion would make one of all broken surrogates.
    private static string HashOf(SecretKey key)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Span<byte> length = stackalloc byte[sizeof(int)];
        foreach (var text in (ReadOnlySpan<string>)[WordOf(key.Kind), key.Environment, key.Name, key.Subject])
        {
            BinaryPrimitives.WriteInt32LittleEndian(length, text.Length);
            hash.AppendData(length);
            hash.AppendData(MemoryMarshal.AsBytes(text.AsSpan()));
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
