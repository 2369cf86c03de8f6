using TokenKit.Work;

namespace TokenKit.Simulation.Tests;

/// <summary>The library's randomness, drawn from the seed.</summary>
internal sealed class SeededRandomness(Random random) : Randomness
{
    public override void Fill(Span<byte> bytes) => random.NextBytes(bytes);
}
