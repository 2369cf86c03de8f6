using System.Buffers.Binary;
using System.Security.Cryptography;
using TokenKit.Storage;

namespace TokenKit;

/// <summary>A value as it is sealed: behind the instant from which its age counts, so that nobody makes a token look younger.</summary>
/// <remarks>
/// Whoever can write to the table can set <c>written_at</c>. An earlier instant than that of the write makes a token look older, which costs
/// a renewal; a later one would let a token be served that has expired, and is told from the sealed one.
/// </remarks>
internal static class DatedValue
{
    private const int HeadSize = sizeof(long);

    // Of a write that named none: the moment at which it was carried out is the database's to say.
    private const long Undated = long.MaxValue;

    /// <param name="value">The value.</param>
    /// <param name="countedFrom">In microseconds from 1970; <see langword="null"/> where the write names no instant.</param>
    /// <param name="protector">Seals both.</param>
    /// <param name="place">What they are bound to.</param>
    public static byte[] Seal(ReadOnlySpan<byte> value, long? countedFrom, ISecretProtector protector, ReadOnlySpan<byte> place)
    {
        var plaintext = new byte[HeadSize + value.Length];
        try
        {
            BinaryPrimitives.WriteInt64LittleEndian(plaintext, countedFrom ?? Undated);
            value.CopyTo(plaintext.AsSpan(HeadSize));
            return protector.Protect(plaintext, place);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(plaintext);
        }
    }

    /// <summary>The value of an opened one.</summary>
    /// <exception cref="SecretDamagedException">The row says a later instant than its seal.</exception>
    public static ReadOnlyMemory<byte> Read(SecretKey key, byte[] plaintext, long writtenAt)
    {
        // The database counts in doubles on its way to microseconds.
        const long Rounding = 1;
        return plaintext.Length >= HeadSize && writtenAt - Rounding <= BinaryPrimitives.ReadInt64LittleEndian(plaintext)
            ? plaintext.AsMemory(HeadSize)
            : throw DamagedRow.At(key, "written_at");
    }
}
