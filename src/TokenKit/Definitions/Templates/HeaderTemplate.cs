using System.Buffers;
using System.Collections.Immutable;
using System.Text;

namespace TokenKit;

/// <summary>
/// A header value (RFC 9110 section 5.5): visible ASCII and blanks inside. Stricter than the RFC, which lets servers take
/// other bytes: no client and server agree on their meaning, and CR LF would end the header.
/// </summary>
internal sealed class HeaderTemplate : PartsTemplate
{
    private const char FirstAllowed = ' ';
    private const char LastAllowed = '~';

    public HeaderTemplate(string source, ImmutableArray<TemplatePart> parts)
        : base(source, parts)
    {
        foreach (var part in parts)
        {
            if (part.Literal.AsSpan().IndexOfAnyExceptInRange(FirstAllowed, LastAllowed) is >= 0 and var index)
            {
                throw new ExpressionSyntaxException(
                    "a header holds visible ASCII characters and blanks only", part.Position + index, part.Literal.Substring(index, 1));
            }
        }
    }

    protected override TemplateResult? Append(StringBuilder output, int part, string text, string name)
    {
        output.Append(text);
        return text.AsSpan().ContainsAnyExceptInRange(FirstAllowed, LastAllowed)
            ? TemplateResult.Missing($"{name}: holds a control character or one outside ASCII, which a header must not carry")
            : null;
    }

    protected override TemplateResult Finish(string text) => text is [' ', ..] or [.., ' ']
        ? TemplateResult.Missing("the header value begins or ends with a blank, which is lost on the way")
        : TemplateResult.Rendered(text);
}
