using System.Buffers.Binary;
using TokenKit.Storage.Protection;
using TokenKit.Values;

namespace TokenKit.Storage.Files;

/// <summary>What the file of one key says for a list: whose it is and when it is due. Sealed apart from the value, so that a list opens none.</summary>
/// <remarks>
/// A byte says what is there; then come two instants in ticks of UTC and four texts, each after its length: environment, name, subject
/// and kind. Texts are UTF-16 units, since a name may hold what no other encoding brings back.
/// </remarks>
internal sealed record FileListing(SecretKey Key, bool HasValue, DateTimeOffset? DueAt, DateTimeOffset? ExpiresAt)
{
    private const byte ValueFlag = 1;
    private const byte DueFlag = 2;
    private const byte ExpiresFlag = 4;

    public override string ToString() => $"listing of '{Key}'";

    public byte[] ToBytes()
    {
        string[] texts = [Key.Environment, Key.Name, Key.Subject, Key.Kind.ToWords()];
        var bytes = new byte[1 + (2 * sizeof(long)) + texts.Sum(SizedText.SizeOf)];
        bytes[0] = (byte)((HasValue ? ValueFlag : 0) | (DueAt is null ? 0 : DueFlag) | (ExpiresAt is null ? 0 : ExpiresFlag));
        var rest = bytes.AsSpan(1);
        foreach (var instant in new[] { DueAt, ExpiresAt })
        {
            BinaryPrimitives.WriteInt64LittleEndian(rest, instant?.UtcTicks ?? 0);
            rest = rest[sizeof(long)..];
        }

        foreach (var text in texts)
        {
            rest = SizedText.Write(rest, text);
        }

        return bytes;
    }

    /// <exception cref="SecretDamagedException">It is not what <see cref="ToBytes"/> wrote.</exception>
    public static FileListing Read(ReadOnlySpan<byte> bytes)
    {
        try
        {
            var flags = bytes[0];
            var rest = bytes[1..];
            var dueAt = Instant(ref rest, (flags & DueFlag) != 0);
            var expiresAt = Instant(ref rest, (flags & ExpiresFlag) != 0);
            var key = new SecretKey(SizedText.Read(ref rest), SizedText.Read(ref rest), SizedText.Read(ref rest));
            var kind = SizedText.Read(ref rest);
            return new FileListing(
                key with { Kind = Enum.GetValues<SecretKind>().Single(candidate => candidate.ToWords() == kind) }, (flags & ValueFlag) != 0, dueAt, expiresAt);
        }
        catch (Exception exception) when (exception is ArgumentException or IndexOutOfRangeException or InvalidOperationException or OverflowException)
        {
            throw new SecretDamagedException("It opens, and what is in it is not a listing of the file store.", exception);
        }
    }

    private static DateTimeOffset? Instant(ref ReadOnlySpan<byte> rest, bool isThere)
    {
        var ticks = BinaryPrimitives.ReadInt64LittleEndian(rest);
        rest = rest[sizeof(long)..];
        return isThere ? new DateTimeOffset(ticks, TimeSpan.Zero) : null;
    }
}
