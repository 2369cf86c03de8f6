using System.Collections.Immutable;
using System.Text.RegularExpressions;
using TokenKit.Language.Expressions;

namespace TokenKit.Refresh.Map;

/// <summary>Makes what a server sent fit to stand in a message, a log or a terminal.</summary>
internal static partial class ServerText
{
    private const int MaximumCode = 64;
    private const int MaximumDescription = 300;
    private const int MaximumName = 32;
    private const int MaximumNames = 12;

    // Masking and cleaning make a text shorter.
    private const int MasksBeyond = 4;

    /// <summary>An error code as it may be shown: at most 64 of the characters that RFC 6749 section 5.2 allows.</summary>
    /// <param name="code">The code as it came; some servers send a sentence.</param>
    /// <param name="mask">What takes secrets out of it; made only for a code that nobody knows.</param>
    /// <returns><see langword="null"/> where nothing is left.</returns>
    public static string? Code(string code, Lazy<SecretMask> mask)
    {
        if (FailureClassification.Knows(code))
        {
            return code;
        }

        // Masked before it is cut: a secret is known by its whole. What follows a character that no code may hold is an attack.
        var masked = mask.Value.Mask(Cut(code, MasksBeyond * MaximumCode)).AsSpan().Trim();
        var length = 0;
        while (length < masked.Length && masked[length] is (>= ' ' and <= '\x7E') and not '"' and not '\\')
        {
            length++;
        }

        return Telling(Cut(WithoutMail(masked[..length].ToString()), MaximumCode).Trim());
    }

    /// <summary>
    /// What a server says in words, as it may be quoted: at most 300 characters, on one line, without control, bidi and terminal
    /// characters, mail addresses and secrets; with no double quote, so that it ends where its quotation ends.
    /// </summary>
    /// <param name="text">The words as they came.</param>
    /// <param name="mask">What takes secrets out of them.</param>
    /// <returns><see langword="null"/> where nothing is left.</returns>
    public static string? Description(string text, Lazy<SecretMask> mask)
    {
        // Masked before and after it is cleaned: a secret may hold what is taken out, and be written with something between.
        var clean = CleanText.Of(mask.Value.Mask(Cut(text, MasksBeyond * MaximumDescription)));
        var shown = Marks().Replace(WithoutMail(mask.Value.Mask(clean)), SecretText.Mark).Replace('"', '\'');
        return Telling(Cut(shown, MaximumDescription));
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

    private static string? Telling(string text) => text.Any(char.IsLetterOrDigit) ? text : null;

    private static string WithoutMail(string text) => MailAddress().Replace(text, SecretText.Mark);

    private static string Cut(string text, int length) =>
        text.Length <= length ? text : text[..(char.IsHighSurrogate(text[length - 1]) ? length - 1 : length)];

    // Also as a form writes it. Atomic, so that a long word without an address costs no more than its length for each place.
    [GeneratedRegex("""(?>[^\s@<>()\[\]"'`,;:=|]+?(?:@|%40))[^\s@<>()\[\]"'`,;:|]*[\p{L}\p{N}*]""", RegexOptions.CultureInvariant | RegexOptions.IgnoreCase)]
    private static partial Regex MailAddress();

    [GeneratedRegex(@"\*{4,}", RegexOptions.CultureInvariant)]
    private static partial Regex Marks();
}
