using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace TokenKit.Refresh.Map;

/// <summary>Takes out of a text what moves a cursor, turns the direction of writing, or is not seen.</summary>
internal static partial class CleanText
{
    /// <summary>The text on one line, with one blank where there were several, breaks or tabs.</summary>
    public static string Of(string text)
    {
        var clean = new StringBuilder(text.Length);
        foreach (var rune in TerminalSequence().Replace(text, "").EnumerateRunes())
        {
            if (Rune.IsWhiteSpace(rune))
            {
                if (clean.Length > 0 && clean[^1] != ' ')
                {
                    clean.Append(' ');
                }
            }
            else if (IsSeen(rune))
            {
                clean.Append(rune);
            }
        }

        return clean.ToString().TrimEnd();
    }

    // Bidi and zero-width characters are formats (Cf).
    private static bool IsSeen(Rune rune) => rune != Rune.ReplacementChar && Rune.GetUnicodeCategory(rune) is not (
        UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.Surrogate or UnicodeCategory.PrivateUse
        or UnicodeCategory.OtherNotAssigned);

    // ECMA-48: control sequences, strings such as a window's title, and escapes of two characters.
    [GeneratedRegex(@"(?:\x1B\[|\x9B)[0-?]*[ -/]*[@-~]|(?:\x1B[\]PX^_]|[\x9D\x90\x98\x9E\x9F])[^\x07\x1B\x9C]*(?:\x07|\x1B\\|\x9C)?|\x1B[ -/]*[0-~]", RegexOptions.CultureInvariant)]
    private static partial Regex TerminalSequence();
}
