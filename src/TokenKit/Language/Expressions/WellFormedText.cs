namespace TokenKit.Language.Expressions;

/// <summary>
/// Tells whether a text can be written as bytes. Half of a surrogate pair cannot; an encoder would put U+FFFD in its
/// place, and a changed password would reach the server.
/// </summary>
internal static class WellFormedText
{
    public const string Problem = "holds half of a surrogate pair, which no encoding can carry";

    public static bool Is(ReadOnlySpan<char> text)
    {
        for (var i = text.IndexOfAnyInRange('\uD800', '\uDFFF'); i >= 0 && i < text.Length; i++)
        {
            if (char.IsHighSurrogate(text[i]) && i + 1 < text.Length && char.IsLowSurrogate(text[i + 1]))
            {
                i++;
            }
            else if (char.IsSurrogate(text[i]))
            {
                return false;
            }
        }

        return true;
    }
}
