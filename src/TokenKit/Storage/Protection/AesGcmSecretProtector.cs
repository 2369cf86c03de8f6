using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using TokenKit.Storage;
using TokenKit.Work;

namespace TokenKit;

/// <summary>Seals secrets with AES-256-GCM and the keys of a ring.</summary>
/// <remarks>
/// <para>
/// A record is the magic <c>TKSR</c>, a format version, the length of the key id and the key id, a random nonce of 96 bits, the
/// ciphertext, and a tag of 128 bits. The place is the additional authenticated data.
/// </para>
/// <para>
/// With random nonces a key must not seal more than 2^32 records (NIST SP 800-38D section 8.3), over all processes that
/// share it. Each process counts its own, and logs a warning every 2^29.
/// </para>
/// <para>Safe for use by several threads.</para>
/// </remarks>
public sealed class AesGcmSecretProtector : ISecretProtector
{
    /// <summary>A warning is logged each time so many records were sealed: an eighth of what one key may seal.</summary>
    internal const long WarnEvery = 1L << 29;

    private const byte FormatVersion = 1;
    private const int NonceSize = 12;
    private const int TagSize = 16;

    private readonly SecretKeyRing _keys;
    private readonly ILogger _logger;
    private readonly Randomness _randomness;
    private readonly long _warnEvery;
    private long _sealed;

    /// <summary>Makes a protector.</summary>
    /// <param name="keys">The key that seals and those that still open.</param>
    /// <param name="logger">Where the warning goes that a key has sealed very many records; nowhere by default.</param>
    /// <exception cref="PlatformNotSupportedException">The platform has no AES-GCM.</exception>
    public AesGcmSecretProtector(SecretKeyRing keys, ILogger<AesGcmSecretProtector>? logger = null)
        : this(keys, logger, Randomness.System, WarnEvery)
    {
    }

    internal AesGcmSecretProtector(SecretKeyRing keys, ILogger? logger, Randomness randomness, long warnEvery)
    {
        ArgumentNullException.ThrowIfNull(keys);
        if (!AesGcm.IsSupported)
        {
            throw new PlatformNotSupportedException("This platform has no AES-GCM. Register an ISecretProtector of your own.");
        }

        (_keys, _logger, _randomness, _warnEvery) =
            (keys, logger ?? NullLogger.Instance, randomness, warnEvery);
    }

    private static ReadOnlySpan<byte> Magic => "TKSR"u8;

    /// <inheritdoc/>
    public byte[] Protect(ReadOnlySpan<byte> plaintext, ReadOnlySpan<byte> place)
    {
        var id = Encoding.ASCII.GetBytes(_keys.CurrentKeyId);
        var isKnown = _keys.TryGetKey(_keys.CurrentKeyId, out var key);
        Debug.Assert(isKnown, "A ring has its own current key.");

        var count = Interlocked.Increment(ref _sealed);
        if (count % _warnEvery == 0)
        {
            _logger.KeySealedVeryManyRecords(_keys.CurrentKeyId, count);
        }

        var record = new byte[Magic.Length + 2 + id.Length + NonceSize + plaintext.Length + TagSize];
        var rest = record.AsSpan();
        Magic.CopyTo(rest);
        rest[Magic.Length] = FormatVersion;
        rest[Magic.Length + 1] = (byte)id.Length;
        id.CopyTo(rest[(Magic.Length + 2)..]);
        rest = rest[(Magic.Length + 2 + id.Length)..];

        var nonce = rest[..NonceSize];
        _randomness.Fill(nonce);

        // One instance per call: it holds a native context that two threads must not share.
        using var aes = new AesGcm(key!, TagSize);
        aes.Encrypt(nonce, plaintext, rest.Slice(NonceSize, plaintext.Length), rest[(NonceSize + plaintext.Length)..], place);
        return record;
    }

    /// <inheritdoc/>
    public byte[] Unprotect(ReadOnlySpan<byte> record, ReadOnlySpan<byte> place)
    {
        if (record.Length < Magic.Length + 2 || !record.StartsWith(Magic))
        {
            throw new SecretDamagedException("It is not a sealed record, or its beginning was cut or changed.");
        }

        if (record[Magic.Length] != FormatVersion)
        {
            throw new SecretDamagedException(
                $"It has the format version {record[Magic.Length]}, and this version of TokenKit reads {FormatVersion}: it was changed, or written by a newer version.") { MayBeWhole = true };
        }

        var idLength = record[Magic.Length + 1];
        var rest = record[(Magic.Length + 2)..];
        if (rest.Length < idLength + NonceSize + TagSize)
        {
            throw new SecretDamagedException("It was cut.");
        }

        var id = Encoding.Latin1.GetString(rest[..idLength]);
        if (!SecretKeyRing.IsKeyId(id))
        {
            throw new SecretDamagedException("It was changed: its key id is malformed.");
        }

        if (!_keys.TryGetKey(id, out var key))
        {
            throw new SecretDamagedException(
                $"It is sealed with the key '{id}', which is not in the key ring. Put that key behind the current one.") { MayBeWhole = true };
        }

        rest = rest[idLength..];
        var ciphertext = rest[NonceSize..^TagSize];
        var plaintext = new byte[ciphertext.Length];
        try
        {
            using var aes = new AesGcm(key, TagSize);
            aes.Decrypt(rest[..NonceSize], ciphertext, rest[^TagSize..], plaintext, place);
            return plaintext;
        }
        catch (AuthenticationTagMismatchException exception)
        {
            CryptographicOperations.ZeroMemory(plaintext);
            throw new SecretDamagedException(
                $"It does not open with the key '{id}': it was changed, moved here from another place, or the key of that id is another one now.",
                exception);
        }
    }

    /// <summary>Whether the record is sealed with the key that seals now; false also for what is no record.</summary>
    internal bool IsSealedWithCurrentKey(ReadOnlySpan<byte> record)
    {
        var id = Encoding.ASCII.GetBytes(_keys.CurrentKeyId);
        return record.Length > Magic.Length + 2
            && record.StartsWith(Magic)
            && record[Magic.Length + 1] == id.Length
            && record[(Magic.Length + 2)..].StartsWith(id);
    }

    internal bool HasSameKeysAs(AesGcmSecretProtector other) => _keys.HasSameKeysAs(other._keys);
}
