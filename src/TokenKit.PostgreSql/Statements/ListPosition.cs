using System.Globalization;

namespace TokenKit;

/// <summary>Where a page of the catalog ended: the due time of its last row in microseconds, and that row's hash.</summary>
internal sealed record ListPosition(long? DueMark, byte[] Hash)
{
    /// <exception cref="ArgumentException">It is not what <see cref="ToString"/> wrote.</exception>
    public static ListPosition? Parse(string? text)
    {
        if (text is null)
        {
            return null;
        }

        var colon = text.IndexOf(':', StringComparison.Ordinal);
        if (colon >= 0)
        {
            try
            {
                return new ListPosition(
                    colon == 0 ? null : long.Parse(text.AsSpan(0, colon), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture),
                    Convert.FromHexString(text.AsSpan(colon + 1)));
            }
            catch (FormatException)
            {
                // Said below.
            }
        }

        throw new ArgumentException("The continuation is not one that ListAsync of this store returned.", nameof(text));
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{DueMark}:{Convert.ToHexStringLower(Hash)}");
}
