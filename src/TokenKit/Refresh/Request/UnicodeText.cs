namespace TokenKit;

/// <summary>Tells whether a text can be sent as UTF-8 without being changed.</summary>
internal static class UnicodeText
{
    /// <remarks>
    /// A lone surrogate has no UTF-8 and would silently be sent as U+FFFD: another secret than the one configured.
    /// </remarks>
    public static bool IsWellFormed(string text)
    {
        for (var index = 0; index < text.Length; index++)
        {
            if (!char.IsSurrogate(text[index]))
            {
                continue;
            }

            if (!char.IsSurrogatePair(text, index))
            {
                return false;
            }

            index++;
        }

        return true;
    }
}
