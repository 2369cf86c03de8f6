using System.Collections.Immutable;

namespace TokenKit;

/// <summary>One block of a PEM text (RFC 7468).</summary>
/// <param name="Label">What it says it is, such as <c>PRIVATE KEY</c>.</param>
/// <param name="Content">The bytes.</param>
internal sealed record PemBlock(string Label, byte[] Content)
{
    private const string Begin = "-----BEGIN ";
    private const string Dashes = "-----";

    /// <summary>
    /// The blocks of a text. Line breaks may be missing, be blanks, or be written as <c>\n</c>: that is what becomes of them
    /// in environment variables and JSON files.
    /// </summary>
    public static ImmutableArray<PemBlock> Read(string text)
    {
        var blocks = ImmutableArray.CreateBuilder<PemBlock>();
        var rest = text.Replace("\\n", "\n", StringComparison.Ordinal).Replace("\\r", "", StringComparison.Ordinal);
        for (var start = rest.IndexOf(Begin, StringComparison.Ordinal); start >= 0; start = rest.IndexOf(Begin, StringComparison.Ordinal))
        {
            rest = rest[(start + Begin.Length)..];
            var labelEnd = rest.IndexOf(Dashes, StringComparison.Ordinal);
            if (labelEnd < 0)
            {
                break;
            }

            var label = rest[..labelEnd];
            rest = rest[(labelEnd + Dashes.Length)..];
            var end = rest.IndexOf($"-----END {label}-----", StringComparison.Ordinal);
            if (end >= 0 && FromBase64(rest[..end]) is { } content)
            {
                blocks.Add(new(label, content));
            }
        }

        return blocks.ToImmutable();
    }

    /// <summary>The bytes of a base64 text, blanks and line breaks in it ignored; <see langword="null"/> where it is none.</summary>
    public static byte[]? FromBase64(string text)
    {
        var digits = string.Concat(text.Where(static character => !char.IsWhiteSpace(character)));
        var bytes = new byte[digits.Length];
        return digits.Length > 0 && Convert.TryFromBase64String(digits, bytes, out var length) ? bytes[..length] : null;
    }

    // A record prints its members, and these may be a private key.
    public override string ToString() => Label;
}
