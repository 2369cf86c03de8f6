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
/// fence epoch, written epoch, written sequence, and when the value was written in ticks of UTC. Then come the length of the
/// sealed <see cref="FileListing"/> in four bytes, that listing, and the sealed record: the length of a JSON document, that
/// document, and the value.
/// </para>
/// <para>
/// The numbers are part of both places, and the listing of the record's, so a changed bit, a value under another number and a
/// file under another name all fail to open. That a secret is absent is sealed too.
/// </para>
/// </remarks>
internal sealed record FileRecord
{
    private const byte FormatVersion = 2;
    private const int NumbersEnd = 4 + 1 + (6 * sizeof(long));
    private const int HeaderSize = NumbersEnd + sizeof(int);

    public static FileRecord Empty { get; } = new();

    public SecretLedger Ledger { get; init; } = SecretLedger.Empty;

    public RefreshStateMark State { get; init; } = RefreshStateMark.None;

    public DateTimeOffset WrittenAt { get; init; } = DateTimeOffset.MinValue;

    /// <summary>When the token set is due for renewal, where it ever is.</summary>
    public DateTimeOffset? DueAt { get; init; }

    /// <summary>When its access token expires, where it does.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    public ReadOnlyMemory<byte> Value { get; init; }

    private static ReadOnlySpan<byte> Magic => "TKFS"u8;

    public override string ToString() => $"file record version {Ledger.Version}";

    /// <param name="key">Whose file it is.</param>
    /// <param name="name">The file's name, for the listing.</param>
    /// <param name="protector">Seals both parts.</param>
    public byte[] Seal(SecretKey key, string name, ISecretProtector protector)
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

            var listing = protector.Protect(new FileListing(key, Ledger.HasValue, DueAt, ExpiresAt).ToBytes(), ListingPlaceOf(name, numbers));
            BinaryPrimitives.WriteInt32LittleEndian(header[NumbersEnd..], listing.Length);
            return [.. header, .. listing, .. protector.Protect(plaintext, PlaceOf(key, numbers, listing))];
        }
        finally
        {
            CryptographicOperations.ZeroMemory(plaintext);
        }
    }

    /// <exception cref="SecretDamagedException">It is not a whole, unchanged record of this key.</exception>
    public static FileRecord Open(SecretKey key, ReadOnlySpan<byte> file, ISecretProtector protector)
    {
        Span<long> numbers = stackalloc long[6];
        ReadHeader(file, numbers, out var listingLength);
        var listing = file.Slice(HeaderSize, listingLength);
        var plaintext = protector.Unprotect(file[(HeaderSize + listingLength)..], PlaceOf(key, numbers, listing));
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

    /// <summary>Reads what a list says of a file, without its value.</summary>
    /// <exception cref="SecretDamagedException">It is not a whole, unchanged record under this name.</exception>
    public static (FileListing Listing, long Version, DateTimeOffset WrittenAt) OpenListing(string name, ReadOnlySpan<byte> file, ISecretProtector protector)
    {
        Span<long> numbers = stackalloc long[6];
        ReadHeader(file, numbers, out var listingLength);
        var listing = FileListing.Read(protector.Unprotect(file.Slice(HeaderSize, listingLength), ListingPlaceOf(name, numbers)));
        return (listing, numbers[0], new DateTimeOffset(numbers[5], TimeSpan.Zero));
    }

    private static void ReadHeader(ReadOnlySpan<byte> file, Span<long> numbers, out int listingLength)
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

        for (var index = 0; index < numbers.Length; index++)
        {
            numbers[index] = BinaryPrimitives.ReadInt64LittleEndian(file[(Magic.Length + 1 + (index * sizeof(long)))..]);
        }

        listingLength = BinaryPrimitives.ReadInt32LittleEndian(file[NumbersEnd..]);
        if (listingLength < 0 || listingLength > file.Length - HeaderSize || numbers[5] < 0 || numbers[5] > DateTimeOffset.MaxValue.UtcTicks)
        {
            throw new SecretDamagedException("It is not a record of the file store, or its beginning was cut or changed.");
        }
    }

    private static byte[] PlaceOf(SecretKey key, ReadOnlySpan<long> numbers, ReadOnlySpan<byte> listing) =>
        SecretPlace.Of("file", key, "record", [.. numbers, BinaryPrimitives.ReadInt64LittleEndian(SHA256.HashData(listing))]);

    private static byte[] ListingPlaceOf(string name, ReadOnlySpan<long> numbers) => SecretPlace.OfName("file", name, "listing", numbers);

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
            DueAt = Instant(root.GetProperty("dueAt")),
            ExpiresAt = Instant(root.GetProperty("expiresAt")),
            // A copy: the plaintext is wiped.
            Value = plaintext.AsSpan(sizeof(int) + documentLength).ToArray(),
        };
    }

    private static DateTimeOffset? Instant(JsonElement ticks) =>
        ticks.ValueKind is JsonValueKind.Null ? null : new DateTimeOffset(ticks.GetInt64(), TimeSpan.Zero);

    private static void WriteInstant(Utf8JsonWriter json, string name, DateTimeOffset? instant)
    {
        if (instant is { } known)
        {
            json.WriteNumber(name, known.UtcTicks);
        }
        else
        {
            json.WriteNull(name);
        }
    }

    private ReadOnlySpan<byte> WriteDocument()
    {
        var buffer = new ArrayBufferWriter<byte>(256);
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteBoolean("hasValue", Ledger.HasValue);
            json.WriteNumber("openLease", Ledger.OpenLease);
            WriteInstant(json, "dueAt", DueAt);
            WriteInstant(json, "expiresAt", ExpiresAt);
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
