using TokenKit.Work;

namespace TokenKit.Tests;

/// <summary>Randomness that a seed repeats.</summary>
internal sealed class SeededRandomness(int seed) : Randomness
{
    private readonly Random _random = new(seed);

    public override void Fill(Span<byte> bytes) => _random.NextBytes(bytes);
}
