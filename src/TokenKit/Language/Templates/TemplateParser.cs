using System.Collections.Immutable;
using System.Text;
using TokenKit.Language.Expressions;

namespace TokenKit.Language.Templates;

/// <summary>Parses a text with <c>${…}</c> in it. At start, never later.</summary>
internal static class TemplateParser
{
    private const string Opening = "${";
    private const string EscapedOpening = "$${";

    /// <summary>Parses a template for a place.</summary>
    /// <exception cref="ExpressionSyntaxException">The text is not a template for this place; no other exception is thrown.</exception>
    public static Template Parse(string text, TemplatePlace place)
    {
        var parts = Split(text);
        return place switch
        {
            TemplatePlace.Url => new UrlTemplate(text, UrlTemplateAnalysis.Analyse(text, parts)),
            TemplatePlace.Header => new HeaderTemplate(text, parts),
            TemplatePlace.Cookie => new HeaderTemplate(text, parts, isCookie: true),
            TemplatePlace.Text => new BodyTextTemplate(text, parts),
            _ => new ValueTemplate(text, parts),
        };
    }

    /// <summary>Splits a template into texts and expressions.</summary>
    /// <exception cref="ExpressionSyntaxException">An expression in it is none, or has no end.</exception>
    public static ImmutableArray<TemplatePart> Split(string text)
    {
        if (text.Length > ExpressionLimits.SourceLength)
        {
            throw new ExpressionSyntaxException($"the text is longer than {ExpressionLimits.SourceLength} characters", 0, "");
        }

        if (!WellFormedText.Is(text))
        {
            throw new ExpressionSyntaxException("the text " + WellFormedText.Problem, 0, "");
        }

        var parts = ImmutableArray.CreateBuilder<TemplatePart>();
        var literal = new StringBuilder();
        var literalStart = 0;
        var position = 0;
        while (position < text.Length)
        {
            var rest = text.AsSpan(position);
            if (rest.StartsWith(EscapedOpening, StringComparison.Ordinal))
            {
                literal.Append(Opening);
                position += EscapedOpening.Length;
            }
            else if (rest.StartsWith(Opening, StringComparison.Ordinal))
            {
                AddLiteral(parts, literal, literalStart);
                parts.Add(TemplatePart.Value(ExpressionParser.ParseEmbedded(text, position + Opening.Length, out var end), position));
                position = end;
                literalStart = end;
            }
            else
            {
                literal.Append(text[position++]);
            }
        }

        AddLiteral(parts, literal, literalStart);
        return parts.ToImmutable();
    }

    private static void AddLiteral(ImmutableArray<TemplatePart>.Builder parts, StringBuilder literal, int position)
    {
        if (literal.Length > 0)
        {
            parts.Add(TemplatePart.Text(literal.ToString(), position));
            literal.Clear();
        }
    }
}
