using System.Globalization;
using System.Text;

namespace TokenKit;

/// <summary>After what a page of a list begins.</summary>
internal readonly record struct ListPosition(string Score, SecretKind Kind, string Member)
{
    // Larger than any character of a member.
    private const string Last = "\u007f";

    // As the server writes the score of what is never due.
    private const string Never = "inf";

    public double Due => Score == Never ? double.PositiveInfinity : double.Parse(Score, NumberStyles.Float, CultureInfo.InvariantCulture);

    /// <summary>The score and the member after which the list of a kind goes on; of equal times, kinds are listed in their order.</summary>
    public (string Score, string Member) For(SecretKind kind) => (Score, kind < Kind ? Last : kind > Kind ? "" : Member);

    /// <exception cref="ArgumentException">It is none of this store.</exception>
    public static ListPosition? Parse(string? continuation)
    {
        if (continuation is null)
        {
            return null;
        }

        try
        {
            var parts = Encoding.ASCII.GetString(Convert.FromBase64String(continuation)).Split('|', 3);
            if (parts.Length == 3 && IsScore(parts[0]) && Enum.TryParse<SecretKind>(parts[1], out var kind) && Enum.IsDefined(kind))
            {
                return new ListPosition(parts[0], kind, parts[2]);
            }
        }
        catch (FormatException)
        {
            // Said below.
        }

        throw new ArgumentException("The continuation is not one that this store returned.", nameof(continuation));
    }

    public override string ToString() => Convert.ToBase64String(Encoding.ASCII.GetBytes($"{Score}|{Kind}|{Member}"));

    private static bool IsScore(string text) => text is Never || long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _);
}
