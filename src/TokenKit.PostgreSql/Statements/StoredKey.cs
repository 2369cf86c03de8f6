using System.Security.Cryptography;
using TokenKit.Storage.Protection;

namespace TokenKit;

/// <summary>A key as a row has it: the hash that finds it and the three texts for people.</summary>
internal sealed class StoredKey(SecretKey key)
{
    private const string StoreKind = "postgresql";

    public SecretKey Key { get; } = key;

    /// <summary>Never the same for two keys, and short: an index takes no long texts.</summary>
    public byte[] Hash { get; } = SHA256.HashData(SecretPlace.Of(StoreKind, key, "name"));

    public string Environment { get; } = KeyText.Encode(key.Environment);

    public string Name { get; } = KeyText.Encode(key.Name);

    public string Subject { get; } = KeyText.Encode(key.Subject);

    /// <summary>What a value is bound to: its key and the epoch and sequence it was written under, zero without a fence.</summary>
    public byte[] PlaceOf(long epoch, long sequence) => SecretPlace.Of(StoreKind, Key, "payload", epoch, sequence);
}
