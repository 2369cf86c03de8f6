using System.Buffers.Binary;
using TokenKit.Values;

namespace TokenKit.Storage.Protection;

/// <summary>What a sealed record is bound to: the kind of store, the key with its own kind, the part of the record and the numbers beside it.</summary>
/// <remarks>
/// The one construction of a place for every store. Each text is preceded by its length, so that no two places are
/// written alike; texts are taken as UTF-16 units, since a conversion would make one of all broken surrogates.
/// </remarks>
internal static class SecretPlace
{
    /// <summary>The bytes of a place.</summary>
    /// <param name="store">The kind of store. Not its address: a directory or a database may be moved.</param>
    /// <param name="key">The key of the secret.</param>
    /// <param name="part">Which part of the record.</param>
    /// <param name="numbers">Version, epochs, times: a record under other numbers than its own does not open.</param>
    public static byte[] Of(string store, SecretKey key, string part, params ReadOnlySpan<long> numbers) =>
        Of(["tokenkit", store, part, key.Kind.ToWords(), key.Environment, key.Name, key.Subject], numbers);

    /// <summary>The bytes of a place that is found by a name of its own, before its key is known.</summary>
    /// <param name="store">The kind of store.</param>
    /// <param name="name">The name, of which no two places of the store have the same.</param>
    /// <param name="part">Which part of the record; one that no key has a place for.</param>
    /// <param name="numbers">As in the other.</param>
    public static byte[] OfName(string store, string name, string part, params ReadOnlySpan<long> numbers) =>
        Of(["tokenkit", store, part, name], numbers);

    private static byte[] Of(ReadOnlySpan<string> texts, ReadOnlySpan<long> numbers)
    {
        var length = numbers.Length * sizeof(long);
        foreach (var text in texts)
        {
            length += SizedText.SizeOf(text);
        }

        var place = new byte[length];
        var rest = place.AsSpan();
        foreach (var text in texts)
        {
            rest = SizedText.Write(rest, text);
        }

        foreach (var number in numbers)
        {
            BinaryPrimitives.WriteInt64LittleEndian(rest, number);
            rest = rest[sizeof(long)..];
        }

        return place;
    }
}
