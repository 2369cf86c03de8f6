using TokenKit.Work;

namespace TokenKit.Checking.Checks;

/// <summary>Chance without surprises: the middle of every range, so that jitter changes nothing in a report; ids count up.</summary>
internal sealed class CheckChance : Randomness
{
    private int _filled;

    public override void Fill(Span<byte> bytes)
    {
        // The highest bit alone is one half; what comes after tells two ids apart.
        bytes.Clear();
        if (bytes.Length == 8)
        {
            BitConverter.TryWriteBytes(bytes, 1UL << 63);
            return;
        }

        for (var index = 0; index < bytes.Length; index++)
        {
            bytes[index] = (byte)(0x80 + (Interlocked.Increment(ref _filled) % 0x40));
        }
    }
}
