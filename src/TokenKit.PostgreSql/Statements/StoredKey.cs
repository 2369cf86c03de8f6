using System.Security.Cryptography;
using Npgsql;
using TokenKit.Storage.Protection;
using TokenKit.Values;

namespace TokenKit;

/// <summary>A key as a row has it: the hash that finds it, and its kind and three texts for people and listings.</summary>
internal sealed class StoredKey(SecretKey key)
{
    private const string StoreKind = "postgresql";

    public SecretKey Key { get; } = key;

    /// <summary>Never the same for two keys, and short: an index takes no long texts.</summary>
    public byte[] Hash { get; } = SHA256.HashData(SecretPlace.Of(StoreKind, key, "name"));

    public string Kind { get; } = key.Kind.ToWords();

    public string Environment { get; } = KeyText.Encode(key.Environment);

    public string Name { get; } = KeyText.Encode(key.Name);

    public string Subject { get; } = KeyText.Encode(key.Subject);

    /// <summary>What a value is bound to: its key and the epoch and sequence it was written under, zero without a fence.</summary>
    public byte[] PlaceOf(long epoch, long sequence) => SecretPlace.Of(StoreKind, Key, "payload", epoch, sequence);

    /// <summary>The key that a row names in the columns kind, environment, name and subject.</summary>
    /// <returns><see langword="null"/> where it is not the key that the row's hash was made of: nobody finds the row under it.</returns>
    public static StoredKey? Read(NpgsqlDataReader row, int firstColumn, byte[] hash)
    {
        try
        {
            var key = new StoredKey(new SecretKey(
                KeyText.Decode(row.GetString(firstColumn + 1)), KeyText.Decode(row.GetString(firstColumn + 2)),
                KeyText.Decode(row.GetString(firstColumn + 3)))
            {
                Kind = SecretKindWords.Parse(row.GetString(firstColumn)),
            });
            return key.Hash.AsSpan().SequenceEqual(hash) ? key : null;
        }
        catch (FormatException)
        {
            return null;
        }
    }
}
