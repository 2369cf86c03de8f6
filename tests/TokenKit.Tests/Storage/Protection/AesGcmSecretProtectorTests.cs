using System.Buffers.Binary;
using FsCheck;
using FsCheck.Fluent;
using Microsoft.Extensions.Logging;
using TokenKit.Storage.Protection;
using TokenKit.Work;

namespace TokenKit.Tests;

public sealed class AesGcmSecretProtectorTests
{
    private static readonly byte[] Place = SecretPlace.Of("test", new SecretKey("Test", "crm"), "value", 1, 2);
    private static readonly string OtherKey = Convert.ToBase64String(Enumerable.Repeat((byte)7, 32).ToArray());

    /// <summary>Test cases 13, 14 and 16 of the GCM specification submitted to NIST: AES-256, nonces of 96 bits.</summary>
    [Theory]
    [InlineData(
        "0000000000000000000000000000000000000000000000000000000000000000",
        "000000000000000000000000", "", "",
        "530f8afbc74536b9a963b4f1c4cb738b")]
    [InlineData(
        "0000000000000000000000000000000000000000000000000000000000000000",
        "000000000000000000000000", "00000000000000000000000000000000", "",
        "cea7403d4d606b6e074ec5d3baf39d18d0d1c8a799996bf0265b98b5d48ab919")]
    [InlineData(
        "feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308",
        "cafebabefacedbaddecaf888",
        "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39",
        "feedfacedeadbeeffeedfacedeadbeefabaddad2",
        "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f66276fc6ece0f4e1768cddf8853bb2d551b")]
    public void A_record_ends_with_nonce_ciphertext_and_tag_of_the_known_answer(
        string key, string nonce, string plaintext, string place, string sealedText)
    {
        var keys = SecretKeyRing.Parse("k1:" + Convert.ToBase64String(Convert.FromHexString(key)));
        var protector = new AesGcmSecretProtector(keys, null, new FixedBytes(Convert.FromHexString(nonce)), warnEvery: 1000);

        var record = protector.Protect(Convert.FromHexString(plaintext), Convert.FromHexString(place));

        byte[] expected = [.. "TKSR"u8, 1, 2, .. "k1"u8, .. Convert.FromHexString(nonce), .. Convert.FromHexString(sealedText)];
        Convert.ToHexStringLower(record).Should().Be(Convert.ToHexStringLower(expected));
        protector.Unprotect(record, Convert.FromHexString(place)).Should().Equal(Convert.FromHexString(plaintext));
    }

    [Fact]
    public void Whatever_was_sealed_opens_in_its_place_and_in_no_other()
    {
        var protector = Protector(StoreDirectory.Key);

        Check.QuickThrowOnFailure(Prop.ForAll<byte[], byte[], byte[]>((plaintext, place, other) =>
        {
            var record = protector.Protect(plaintext, place);
            var opens = protector.Unprotect(record, place).AsSpan().SequenceEqual(plaintext);
            return opens && (place.AsSpan().SequenceEqual(other) || IsDamaged(protector, record, other));
        }));
    }

    [Fact]
    public void Any_changed_bit_is_damage()
    {
        var protector = Protector(StoreDirectory.Key, OtherKey);
        var record = protector.Protect("value"u8, Place);

        for (var bit = 0; bit < record.Length * 8; bit++)
        {
            var changed = record.ToArray();
            changed[bit / 8] ^= (byte)(1 << (bit % 8));
            IsDamaged(protector, changed, Place).Should().BeTrue($"bit {bit} was changed");
        }
    }

    [Fact]
    public void A_record_cut_anywhere_or_made_longer_is_damage()
    {
        var protector = Protector(StoreDirectory.Key);
        var record = protector.Protect("value"u8, Place);

        for (var length = 0; length < record.Length; length++)
        {
            IsDamaged(protector, record[..length], Place).Should().BeTrue($"{length} bytes were left");
        }

        IsDamaged(protector, [.. record, 0], Place).Should().BeTrue();
    }

    [Fact]
    public void A_key_that_is_not_at_hand_is_named()
    {
        var record = Protector("2025-01:" + OtherKey).Protect("value"u8, Place);

        var open = () => Protector(StoreDirectory.Key).Unprotect(record, Place);

        open.Should().Throw<SecretDamagedException>().WithMessage("*'2025-01'*not in the key ring*");
    }

    [Fact]
    public void Another_key_under_the_same_id_does_not_open_it()
    {
        var record = Protector("k1:" + OtherKey).Protect("value"u8, Place);

        IsDamaged(Protector("k1:" + StoreDirectory.Key), record, Place).Should().BeTrue();
    }

    [Fact]
    public void An_older_key_opens_and_the_current_one_seals()
    {
        var record = Protector("old:" + OtherKey).Protect("value"u8, Place);
        var rotated = Protector("new:" + StoreDirectory.Key, "old:" + OtherKey);

        rotated.Unprotect(record, Place).Should().Equal("value"u8.ToArray());
        Protector("new:" + StoreDirectory.Key).Unprotect(rotated.Protect("value"u8, Place), Place).Should().Equal("value"u8.ToArray());
    }

    [Fact]
    public void A_newer_format_is_said_to_be_one()
    {
        var record = Protector(StoreDirectory.Key).Protect("value"u8, Place);
        record[4] = 2;

        var open = () => Protector(StoreDirectory.Key).Unprotect(record, Place);

        open.Should().Throw<SecretDamagedException>().WithMessage("*format version 2*");
    }

    [Fact]
    public void A_million_nonces_do_not_repeat()
    {
        const int count = 1_000_000;
        var protector = Protector(StoreDirectory.Key);
        var idLength = SecretKeyRing.Parse(StoreDirectory.Key).CurrentKeyId.Length;
        var nonces = new HashSet<(ulong, uint)>(count);

        for (var record = 0; record < count; record++)
        {
            var nonce = protector.Protect([], Place).AsSpan(6 + idLength, 12);
            nonces.Add((BinaryPrimitives.ReadUInt64LittleEndian(nonce), BinaryPrimitives.ReadUInt32LittleEndian(nonce[8..])));
        }

        nonces.Should().HaveCount(count);
    }

    [Fact]
    public void A_key_that_has_sealed_very_many_records_is_reported_each_time_the_count_is_reached()
    {
        var log = new LogOf<AesGcmSecretProtector>();
        var protector = new AesGcmSecretProtector(SecretKeyRing.Parse("k1:" + OtherKey), log, Randomness.System, warnEvery: 3);

        for (var count = 0; count < 7; count++)
        {
            protector.Protect("value"u8, Place);
        }

        log.Lines.Should().HaveCount(2);
        log.Lines.Should().OnlyContain(static line => line.Contains("Warning") && line.Contains("'k1'"));
    }

    [Fact]
    public void Threads_may_share_it()
    {
        var protector = Protector(StoreDirectory.Key);

        Parallel.For(0, 2_000, index =>
        {
            var plaintext = BitConverter.GetBytes(index);
            protector.Unprotect(protector.Protect(plaintext, Place), Place).Should().Equal(plaintext);
        });
    }

    private static AesGcmSecretProtector Protector(params string[] keys) => new(SecretKeyRing.Parse(keys));

    private static bool IsDamaged(AesGcmSecretProtector protector, byte[] record, byte[] place)
    {
        try
        {
            protector.Unprotect(record, place);
            return false;
        }
        catch (SecretDamagedException)
        {
            return true;
        }
    }

    private sealed class FixedBytes(byte[] bytes) : Randomness
    {
        public override void Fill(Span<byte> target) => bytes.CopyTo(target);
    }

    private sealed class LogOf<T> : ILogger<T>
    {
        public List<string> Lines { get; } = [];

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Lines.Add($"{logLevel} {eventId.Id} {formatter(state, exception)}");
    }
}
