using System.Collections.Immutable;
using TokenKit.Language.Expressions;

namespace TokenKit.Refresh.Map;

/// <summary>Makes what a server sent fit to stand in a message, a log or a terminal.</summary>
internal static class ServerText
{
    private const int MaximumCode = 64;
    private const int MaximumMasked = 4 * MaximumCode;
    private const int MaximumName = 32;
    private const int MaximumNames = 12;

    /// <summary>
    /// An error code as it may be shown: one word of the characters that RFC 6749 section 5.2 allows, at most 64 of them.
    /// </summary>
    /// <param name="code">The code as it came.</param>
    /// <param name="mask">What takes secrets out of it; made only for a code that nobody knows.</param>
    /// <returns><see langword="null"/> where nothing is left.</returns>
    public static string? Code(string code, Lazy<SecretMask> mask)
    {
        if (FailureClassification.Knows(code))
        {
            return code;
        }

        // Masked before it is cut: a secret with a blank in it is known by its whole.
        code = mask.Value.Mask(code.Length <= MaximumMasked ? code : code[..MaximumMasked]);

        // A code is one word. What follows a blank or a character that no code may hold is a sentence or an attack, and may
        // hold anything.
        var word = code.AsSpan().Trim();
        var length = 0;
        while (length < Math.Min(word.Length, MaximumCode) && word[length] is (>= '\x21' and <= '\x7E') and not '"' and not '\\')
        {
            length++;
        }

        return word[..length].Trim('*').IsEmpty ? null : word[..length].ToString();
    }

    /// <summary>A name as it may be shown. One with a digit may be a token in the wrong place, and is not; nor is one that holds a secret.</summary>
    public static string? Name(string name, Lazy<SecretMask> mask) =>
        IsName(name) && mask.Value.Mask(name) == name ? name : null;

    /// <summary>The names of an object's members for a message, never their values.</summary>
    public static string Names(ExpressionValue body, Lazy<SecretMask> mask)
    {
        if (body is not ExpressionValue.ObjectValue { Members: { IsEmpty: false } members })
        {
            return "no members";
        }

        var shown = members.Keys.Where(IsName).Order(StringComparer.Ordinal).Take(MaximumNames)
            .Where(name => mask.Value.Mask(name) == name).ToImmutableArray();
        var others = members.Count - shown.Length;
        return (shown.Length, others) switch
        {
            (0, _) => $"{others} members of other names",
            (_, 0) => string.Join(", ", shown),
            _ => $"{string.Join(", ", shown)} and {others} more",
        };
    }

    private static bool IsName(string name) =>
        name.Length is > 0 and <= MaximumName && name.All(static character => char.IsAsciiLetter(character) || character is '_' or '-' or '.');
}
