using System.Collections.Immutable;

namespace TokenKit.Language.Signing;

/// <summary>One block of a PEM text (RFC 7468).</summary>
/// <param name="Label">What it says it is, such as <c>PRIVATE KEY</c>.</param>
/// <param name="Content">The bytes.</param>
internal sealed record PemBlock(string Label, byte[] Content)
{
    private const string Begin = "-----BEGIN ";
    private const string End = "-----END ";
    private const string Dashes = "-----";

    /// <summary>
    /// The blocks of a text. Line breaks may be missing, be blanks, or be written as <c>\n</c>: that is what becomes of them
    /// in environment variables and JSON files.
    /// </summary>
    /// <remarks>Each character is looked at a few times at most, and copied only where a block is whole.</remarks>
    public static ImmutableArray<PemBlock> Read(string text)
    {
        var blocks = ImmutableArray.CreateBuilder<PemBlock>();
        var rest = text.Replace("\\n", "\n", StringComparison.Ordinal).Replace("\\r", "", StringComparison.Ordinal).AsSpan();
        for (var start = rest.IndexOf(Begin); start >= 0; start = rest.IndexOf(Begin))
        {
            rest = rest[(start + Begin.Length)..];
            var labelEnd = rest.IndexOf(Dashes);
            if (labelEnd < 0)
            {
                break;
            }

            var label = rest[..labelEnd];
            rest = rest[(labelEnd + Dashes.Length)..];

            // Base64 holds no dashes: the first that follow end this block, or it has no end.
            var end = rest.IndexOf(Dashes);
            if (end >= 0 && IsEndOf(label, rest[end..]) && FromBase64(rest[..end]) is { } content)
            {
                blocks.Add(new(label.ToString(), content));
                rest = rest[end..];
            }
        }

        return blocks.ToImmutable();
    }

    /// <summary>The bytes of a base64 text, blanks and line breaks in it ignored; <see langword="null"/> where it is none.</summary>
    public static byte[]? FromBase64(ReadOnlySpan<char> text)
    {
        var digits = new char[text.Length];
        var count = 0;
        foreach (var character in text)
        {
            if (!char.IsWhiteSpace(character))
            {
                digits[count++] = character;
            }
        }

        var bytes = new byte[count];
        return count > 0 && Convert.TryFromBase64Chars(digits.AsSpan(0, count), bytes, out var length) ? bytes[..length] : null;
    }

    private static bool IsEndOf(ReadOnlySpan<char> label, ReadOnlySpan<char> text) =>
        text.StartsWith(End) && text[End.Length..].StartsWith(label) && text[(End.Length + label.Length)..].StartsWith(Dashes);

    // A record prints its members, and these may be a private key.
    public override string ToString() => Label;
}
