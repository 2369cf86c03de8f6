using System.Buffers;
using System.Globalization;

namespace TokenKit;

/// <summary>Where a page of the catalog ended: the due time of its last row, and that row's hash.</summary>
internal sealed record ListPosition(long Mark, string Hash)
{
    private const int HashLength = 64;
    private static readonly SearchValues<char> HexDigits = SearchValues.Create("0123456789abcdef");

    /// <exception cref="ArgumentException">It is not what <see cref="ToString"/> wrote.</exception>
    public static ListPosition? Parse(string? text)
    {
        if (text is null)
        {
            return null;
        }

        var colon = text.IndexOf(':', StringComparison.Ordinal);
        return colon > 0 && text.Length == colon + 1 + HashLength
            && long.TryParse(text.AsSpan(0, colon), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var mark)
            && !text.AsSpan(colon + 1).ContainsAnyExcept(HexDigits)
            ? new ListPosition(mark, text[(colon + 1)..])
            : throw new ArgumentException("The continuation is not one that ListAsync of this store returned.", nameof(text));
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Mark}:{Hash}");
}
