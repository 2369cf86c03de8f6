using System.Collections.Immutable;
using System.Text;
using TokenKit.Language.Expressions;

namespace TokenKit.Language.Templates;

/// <summary>Collects the parts of a URL and takes the whole apart; a slash within an expression that is left as it is parts nothing.</summary>
internal sealed class UrlOutlineBuilder
{
    private const string SchemeEnd = "://";

    private readonly StringBuilder _text = new();
    private readonly List<Stretch> _stretches = [];
    private bool _originMayHoldPath;

    public void AddLiteral(string text) => Add(text, null, isLeft: false);

    /// <summary>Adds the value of an expression, encoded for its place.</summary>
    public void AddValue(string text, Expression expression) => Add(text, expression, isLeft: false);

    /// <summary>Adds an expression that is left as it is written.</summary>
    public void AddExpression(Expression expression, bool mayHoldPath)
    {
        _originMayHoldPath |= mayHoldPath;
        Add(Written(expression), expression, isLeft: true);
    }

    public UrlOutline Build()
    {
        var text = _text.ToString();
        var start = text.IndexOf(SchemeEnd, StringComparison.Ordinal);
        var authority = start < 0 || _stretches[0].IsLeft ? _stretches[0].End : start + SchemeEnd.Length;
        var path = IndexOfAny(text, "/?", authority, text.Length);
        var query = IndexOfAny(text, "?", path, text.Length);
        return new UrlOutline(
            Piece(text, 0, path, isEncoded: false),
            Piece(text, path, query, isEncoded: false),
            query < text.Length ? [.. Fields(text, query + 1)] : [],
            _originMayHoldPath);
    }

    private IEnumerable<UrlQueryField> Fields(string text, int start)
    {
        while (start <= text.Length)
        {
            var end = IndexOfAny(text, "&", start, text.Length);
            if (end > start)
            {
                var equals = IndexOfAny(text, "=", start, end);
                yield return new UrlQueryField(
                    Piece(text, start, equals, isEncoded: true), Piece(text, Math.Min(equals + 1, end), end, isEncoded: true));
            }

            start = end + 1;
        }
    }

    private UrlPiece Piece(string text, int start, int end, bool isEncoded)
    {
        Stretch[] within = [.. _stretches.Where(stretch => stretch.Start < end && stretch.End > start)];
        var source = string.Concat(within.Select(stretch => stretch.Expression is { } expression
            ? Written(expression)
            : text[Math.Max(start, stretch.Start)..Math.Min(end, stretch.End)]));
        var piece = text[start..end];
        return new UrlPiece(
            isEncoded && !within.Any(static stretch => stretch.IsLeft) ? Decode(piece) : piece,
            source,
            [.. within.SelectMany(static stretch => stretch.Expression?.References ?? []).Distinct()]);
    }

    private int IndexOfAny(string text, string characters, int start, int end)
    {
        for (var i = start; i < end; i++)
        {
            if (characters.Contains(text[i], StringComparison.Ordinal) && !_stretches.Exists(stretch => stretch.IsLeft && stretch.Start <= i && i < stretch.End))
            {
                return i;
            }
        }

        return end;
    }

    private void Add(string text, Expression? expression, bool isLeft)
    {
        _stretches.Add(new Stretch(_text.Length, _text.Length + text.Length, expression, isLeft));
        _text.Append(text);
    }

    private static string Written(Expression expression) => $"${{{expression.Source}}}";

    private static string Decode(string text) => Uri.UnescapeDataString(text.Replace('+', ' '));

    private readonly record struct Stretch(int Start, int End, Expression? Expression, bool IsLeft);
}
