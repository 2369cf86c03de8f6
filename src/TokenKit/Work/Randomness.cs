using System.Security.Cryptography;

namespace TokenKit.Work;

/// <summary>The one source of randomness: jitter, uuids, correlation ids. A simulation puts a seeded one in its place.</summary>
internal abstract class Randomness
{
    public static Randomness System { get; } = new SystemRandomness();

    /// <summary>Fills with random bytes.</summary>
    public abstract void Fill(Span<byte> bytes);

    /// <summary>A number from 0 to just below 1.</summary>
    public double NextDouble()
    {
        Span<byte> bytes = stackalloc byte[8];
        Fill(bytes);
        return (BitConverter.ToUInt64(bytes) >> 11) * (1.0 / (1UL << 53));
    }

    /// <summary>A random UUID of version 4 (RFC 9562 section 5.4).</summary>
    public Guid NextGuid()
    {
        Span<byte> bytes = stackalloc byte[16];
        Fill(bytes);
        bytes[6] = (byte)((bytes[6] & 0x0F) | 0x40);
        bytes[8] = (byte)((bytes[8] & 0x3F) | 0x80);
        return new Guid(bytes, bigEndian: true);
    }

    private sealed class SystemRandomness : Randomness
    {
        public override void Fill(Span<byte> bytes) => RandomNumberGenerator.Fill(bytes);
    }
}
