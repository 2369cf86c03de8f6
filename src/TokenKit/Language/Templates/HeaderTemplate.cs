using System.Buffers;
using System.Collections.Immutable;
using System.Text;
using TokenKit.Language.Expressions;

namespace TokenKit.Language.Templates;

/// <summary>
/// A header value (RFC 9110 section 5.5): visible ASCII and blanks inside. Stricter than the RFC, which lets servers take
/// other bytes: no client and server agree on their meaning, and CR LF would end the header.
/// </summary>
internal sealed class HeaderTemplate : PartsTemplate
{
    // A value among others is one cookie's. One that is the whole header may be a list of them: the definition says so.
    private readonly bool _isOneCookie;

    private const char FirstAllowed = ' ';
    private const char LastAllowed = '~';

    public HeaderTemplate(string source, ImmutableArray<TemplatePart> parts, bool isCookie = false)
        : base(source, parts)
    {
        _isOneCookie = isCookie && parts.Length > 1;
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
        if (_isOneCookie && text.Contains(';', StringComparison.Ordinal))
        {
            return TemplateResult.Missing($"{name}: holds ';', which would begin another cookie (RFC 6265 section 4.2.1)");
        }

        return text.AsSpan().ContainsAnyExceptInRange(FirstAllowed, LastAllowed)
            ? TemplateResult.Missing($"{name}: holds a control character or one outside ASCII, which a header must not carry")
            : null;
    }

    protected override TemplateResult Finish(string text) => text is [' ', ..] or [.., ' ']
        ? TemplateResult.Missing("the header value begins or ends with a blank, which is lost on the way")
        : TemplateResult.Rendered(text);
}
