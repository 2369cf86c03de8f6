using System.Collections.Immutable;

namespace TokenKit;

/// <summary>Makes what a server sent fit to stand in a message, a log or a terminal.</summary>
internal static class ServerText
{
    private const int MaximumCode = 64;
    private const int MaximumName = 32;
    private const int MaximumNames = 12;

    /// <summary>
    /// An error code as it may be shown: one word of the characters that RFC 6749 section 5.2 allows, at most 64 of them.
    /// </summary>
    /// <returns><see langword="null"/> where nothing is left, and where the code quotes a secret that was sent.</returns>
    public static string? Code(string code, EvaluationContext sent)
    {
        if (Quotes(code, sent))
        {
            return null;
        }

        // A code is one word. What follows a blank or a character that no code may hold is a sentence or an attack, and may
        // hold anything.
        var word = code.AsSpan().Trim();
        var length = 0;
        while (length < Math.Min(word.Length, MaximumCode) && word[length] is (>= '\x21' and <= '\x7E') and not '"' and not '\\')
        {
            length++;
        }

        return length == 0 ? null : word[..length].ToString();
    }

    /// <summary>A name as it may be shown. One with a digit may be a token in the wrong place, and is not.</summary>
    public static string? Name(string name) =>
        name.Length is > 0 and <= MaximumName && name.All(static character => char.IsAsciiLetter(character) || character is '_' or '-' or '.')
            ? name
            : null;

    /// <summary>The names of an object's members for a message, never their values.</summary>
    public static string Names(ExpressionValue body)
    {
        if (body is not ExpressionValue.ObjectValue { Members: { IsEmpty: false } members })
        {
            return "no members";
        }

        var shown = members.Keys.Select(Name).OfType<string>().Order(StringComparer.Ordinal).Take(MaximumNames).ToImmutableArray();
        var others = members.Count - shown.Length;
        return (shown.Length, others) switch
        {
            (0, _) => $"{others} members of other names",
            (_, 0) => string.Join(", ", shown),
            _ => $"{string.Join(", ", shown)} and {others} more",
        };
    }

    private static bool Quotes(string text, EvaluationContext sent)
    {
        ReadOnlySpan<string?> single = [sent.ClientSecret, sent.Token?.AccessToken?.Reveal(), sent.Token?.RefreshToken?.Reveal()];
        foreach (var secret in single)
        {
            if (!string.IsNullOrEmpty(secret) && text.Contains(secret, StringComparison.Ordinal))
            {
                return true;
            }
        }

        return sent.Secrets.Values.Any(secret => secret.Length > 0 && text.Contains(secret, StringComparison.Ordinal));
    }
}
