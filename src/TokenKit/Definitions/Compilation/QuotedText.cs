using System.Buffers;

namespace TokenKit.Definitions.Compilation;

/// <summary>What of a configured text may stand in a fault, which is logged: a word, and nothing that could be a secret.</summary>
/// <remarks>A secret gets into the wrong place by a slip: a colon for the equals sign, a URL with its password, a key one line off.</remarks>
internal static class QuotedText
{
    private const string NotShown = "a text that is not shown here";
    private const int LongestWord = 40;
    private const int LongestNumber = 16;
    private const int MostDigits = 4;
    private const int LongestName = 64;

    // Without the characters of a URL's parts, of a pair, and of base64.
    private static readonly SearchValues<char> OfWords =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789 _-.:,%");

    private static readonly SearchValues<char> OfNames =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-.[]$");

    /// <summary>The text in quotes where it is one of few words or a number; else words that say it is not shown.</summary>
    public static string Of(string text) => IsWord(text) ? $"'{text}'" : NotShown;

    /// <summary>A name up to the first character that names do not have: what follows may be a value.</summary>
    public static string NameOf(string name)
    {
        var end = name.AsSpan().IndexOfAnyExcept(OfNames);
        end = Math.Min(end < 0 ? name.Length : end, LongestName);
        return end == name.Length ? name : $"{name.AsSpan(0, end)}…";
    }

    /// <summary>Scheme, host and port of a URL in quotes, as far as it is one; nothing of it where it holds user information.</summary>
    public static string OriginOf(string url)
    {
        var authority = url.IndexOf("://", StringComparison.Ordinal) is >= 0 and var scheme ? scheme + 3 : 0;
        var end = url.AsSpan(authority).IndexOfAny("/\\?#");
        return url.AsSpan().ContainsAny("@ ") ? NotShown : $"'{(end < 0 ? url : url[..(authority + end)])}'";
    }

    private static bool IsWord(string text) =>
        text.Length <= LongestWord
        && !text.AsSpan().ContainsAnyExcept(OfWords)
        && (text.Length <= LongestNumber || text.Count(char.IsAsciiDigit) <= MostDigits);
}
