using System.Globalization;

namespace TokenKit.Language.Expressions;

/// <summary>
/// A text is not an expression or a template of the definition language. The only exception that parsing throws.
/// </summary>
/// <remarks>
/// Internal: options are validated as a whole, and the compiler turns it into one of the faults it reports. It shows the
/// offending words, never the whole text, which may be a password somebody wrote in plain.
/// </remarks>
internal sealed class ExpressionSyntaxException(string problem, int position, string offending)
    : Exception(MessageFor(problem, position, offending))
{
    private const int ShownLength = 40;

    /// <summary>What is wrong and what to write instead, without the offending text.</summary>
    public string Problem { get; } = problem;

    /// <summary>Where in the text it begins; 0 is its first character.</summary>
    public int Position { get; } = position;

    /// <summary>The words at that place; empty at the end of the text.</summary>
    public string Offending { get; } = Shorten(offending);

    /// <summary>The problem and its place, for texts of which nothing may be shown.</summary>
    public string MessageWithoutText =>
        string.Create(CultureInfo.InvariantCulture, $"{Problem} (at character {Position + 1})");

    private static string MessageFor(string problem, int position, string offending) => offending.Length == 0
        ? string.Create(CultureInfo.InvariantCulture, $"{problem} (at character {position + 1}, the end)")
        : string.Create(CultureInfo.InvariantCulture, $"{problem} (at character {position + 1}: \"{Shorten(offending)}\")");

    private static string Shorten(string text)
    {
        var shown = text.Length <= ShownLength ? text : text[..ShownLength] + "…";
        return string.Concat(shown.Select(static c => char.IsControl(c) || char.IsSurrogate(c) ? '·' : c));
    }
}
