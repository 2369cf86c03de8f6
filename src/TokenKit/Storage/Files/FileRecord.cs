using System.Buffers;
using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text.Json;
using TokenKit.Storage.Protection;
using TokenKit.Values;

namespace TokenKit.Storage.Files;

/// <summary>What the file of one key holds: its numbers in the clear, its state and value sealed and bound to them.</summary>
/// <remarks>
/// <para>
/// The file is the magic <c>TKFS</c>, a format version, and six numbers of eight bytes, little-endian: version, last epoch,
/// fence epoch, written epoch, written sequence, and when the value was written in ticks of UTC. The rest is one sealed
/// record, and what is in it is the length of a JSON document, that document, and the value.
/// </para>
/// <para>
/// The numbers are part of the place, so a changed number, a value under another number and a file under another name all
/// fail to open. That a secret is absent is sealed too.
/// </para>
/// </remarks>
internal sealed record FileRecord
{
    private const byte FormatVersion = 1;
    private const int HeaderSize = 4 + 1 + (6 * sizeof(long));

    public static FileRecord Empty { get; } = new();

    public SecretLedger Ledger { get; init; } = SecretLedger.Empty;

    public RefreshStateMark State { get; init; } = RefreshStateMark.None;

    public DateTimeOffset WrittenAt { get; init; } = DateTimeOffset.MinValue;

    public ReadOnlyMemory<byte> Value { get; init; }

    private static ReadOnlySpan<byte> Magic => "TKFS"u8;

    public override string ToString() => $"file record version {Ledger.Version}";

    public byte[] Seal(SecretKey key, ISecretProtector protector)
    {
        var document = WriteDocument();
        var plaintext = new byte[sizeof(int) + document.Length + Value.Length];
        BinaryPrimitives.WriteInt32LittleEndian(plaintext, document.Length);
        document.CopyTo(plaintext.AsSpan(sizeof(int)));
        Value.Span.CopyTo(plaintext.AsSpan(sizeof(int) + document.Length));
        try
        {
            Span<byte> header = stackalloc byte[HeaderSize];
            Magic.CopyTo(header);
            header[Magic.Length] = FormatVersion;
            ReadOnlySpan<long> numbers =
            [
                Ledger.Version, Ledger.LastEpoch, Ledger.FenceEpoch, Ledger.WrittenEpoch, Ledger.WrittenSequence, WrittenAt.UtcTicks,
            ];
            for (var index = 0; index < numbers.Length; index++)
            {
                BinaryPrimitives.WriteInt64LittleEndian(header[(Magic.Length + 1 + (index * sizeof(long)))..], numbers[index]);
            }

            return [.. header, .. protector.Protect(plaintext, PlaceOf(key, numbers))];
        }
        finally
        {
            CryptographicOperations.ZeroMemory(plaintext);
        }
    }

    /// <exception cref="SecretDamagedException">It is not a whole, unchanged record of this key.</exception>
    public static FileRecord Open(SecretKey key, ReadOnlySpan<byte> file, ISecretProtector protector)
    {
        if (file.Length < HeaderSize || !file.StartsWith(Magic))
        {
            throw new SecretDamagedException("It is not a record of the file store, or its beginning was cut or changed.");
        }

        if (file[Magic.Length] != FormatVersion)
        {
            throw new SecretDamagedException(
                $"It has the format version {file[Magic.Length]}, and this version of TokenKit reads {FormatVersion}: it was changed, or written by a newer version.") { MayBeWhole = true };
        }

        Span<long> numbers = stackalloc long[6];
        for (var index = 0; index < numbers.Length; index++)
        {
            numbers[index] = BinaryPrimitives.ReadInt64LittleEndian(file[(Magic.Length + 1 + (index * sizeof(long)))..]);
        }

        var plaintext = protector.Unprotect(file[HeaderSize..], PlaceOf(key, numbers));
        try
        {
            return Read(plaintext, numbers);
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException or FormatException
            or KeyNotFoundException or ArgumentException)
        {
            throw new SecretDamagedException("It opens, and what is in it is not a record of the file store.", exception);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(plaintext);
        }
    }

    private static byte[] PlaceOf(SecretKey key, ReadOnlySpan<long> numbers) => SecretPlace.Of("file", key, "record", numbers);

    private static FileRecord Read(byte[] plaintext, ReadOnlySpan<long> numbers)
    {
        var documentLength = BinaryPrimitives.ReadInt32LittleEndian(plaintext);
        using var document = JsonDocument.Parse(plaintext.AsMemory(sizeof(int), documentLength));
        var root = document.RootElement;
        var state = root.GetProperty("state");
        return new FileRecord
        {
            Ledger = new SecretLedger
            {
                Version = numbers[0],
                LastEpoch = numbers[1],
                FenceEpoch = numbers[2],
                WrittenEpoch = numbers[3],
                WrittenSequence = numbers[4],
                HasValue = root.GetProperty("hasValue").GetBoolean(),
                OpenLease = root.GetProperty("openLease").GetInt64(),
            },
            State = new RefreshStateMark(
                new RefreshState
                {
                    Status = Enum.Parse<GrantStatus>(state.GetProperty("status").GetString()!),
                    // A newer version may know more reasons. The wait and the count matter, the word does not.
                    Reason = Enum.TryParse<RefreshFailureReason>(state.GetProperty("reason").GetString(), out var reason) ? reason : null,
                    NotBefore = TimeSpan.FromTicks(state.GetProperty("notBefore").GetInt64()),
                    Failures = state.GetProperty("failures").GetInt32(),
                    DeadGrant = state.GetProperty("deadGrant").GetString(),
                    Tag = state.GetProperty("tag").GetString(),
                },
                new DateTimeOffset(state.GetProperty("leftAt").GetInt64(), TimeSpan.Zero)),
            WrittenAt = new DateTimeOffset(numbers[5], TimeSpan.Zero),
            // A copy: the plaintext is wiped.
            Value = plaintext.AsSpan(sizeof(int) + documentLength).ToArray(),
        };
    }

    private ReadOnlySpan<byte> WriteDocument()
    {
        var buffer = new ArrayBufferWriter<byte>(256);
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteBoolean("hasValue", Ledger.HasValue);
            json.WriteNumber("openLease", Ledger.OpenLease);
            json.WriteStartObject("state");
            json.WriteString("status", State.State.Status.ToString());
            json.WriteString("reason", State.State.Reason?.ToString());
            json.WriteNumber("notBefore", State.State.NotBefore.Ticks);
            json.WriteNumber("failures", State.State.Failures);
            json.WriteString("deadGrant", State.State.DeadGrant);
            json.WriteString("tag", State.State.Tag);
            json.WriteNumber("leftAt", State.LeftAt.UtcTicks);
            json.WriteEndObject();
            json.WriteEndObject();
        }

        return buffer.WrittenSpan;
    }
}
