namespace TokenKit.Simulation.Tests;

/// <summary>FNV-1a over 64 bits: among a million states two have the same by chance once in thirty million explorations.</summary>
internal static class Fingerprint
{
    public const ulong Empty = 14695981039346656037;

    private const ulong Prime = 1099511628211;

    public static ulong Add(ulong fingerprint, string text)
    {
        foreach (var character in text)
        {
            fingerprint = (fingerprint ^ character) * Prime;
        }

        return (fingerprint ^ 0xFFFF) * Prime;
    }

    public static ulong Add(ulong fingerprint, long number)
    {
        for (var shift = 0; shift < 64; shift += 16)
        {
            fingerprint = (fingerprint ^ (ulong)((number >> shift) & 0xFFFF)) * Prime;
        }

        return fingerprint;
    }
}
