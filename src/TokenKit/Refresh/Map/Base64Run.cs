using System.Text;

namespace TokenKit.Refresh.Map;

/// <summary>The digits of base64 that some bytes give within a longer text, whatever stands around them.</summary>
internal static class Base64Run
{
    /// <summary>Three bytes are four digits, so a run begins at one of three places within them.</summary>
    public const int Alignments = 3;

    /// <summary>Of eight characters in UTF-8, one of them perhaps a pair.</summary>
    public const int MaximumLength = 64;

    private const int MostBytes = 40;

    /// <summary>Writes the digits of which every bit is the run's own.</summary>
    /// <param name="run">The bytes, each as one character of Latin-1.</param>
    /// <param name="lead">How many bytes stand before the run in its group.</param>
    /// <param name="digits">Where to write.</param>
    public static ReadOnlySpan<char> Write(ReadOnlySpan<char> run, int lead, Span<char> digits)
    {
        Span<byte> bytes = stackalloc byte[MostBytes];
        bytes[..lead].Clear();
        var length = lead + Encoding.Latin1.GetBytes(run, bytes[lead..]);
        Convert.TryToBase64Chars(bytes[..length], digits, out _);
        var first = ((lead * 8) + 5) / 6;
        return digits[first..(length * 8 / 6)];
    }
}
