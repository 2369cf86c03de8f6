using System.Collections.Immutable;
using TokenKit.Language.Expressions;

namespace TokenKit.Language.Templates;

/// <summary>
/// Finds out, when a URL template is parsed, what each value in it stands for. What cannot be told, or would let a value
/// choose the host by accident, is refused here.
/// </summary>
internal sealed class UrlTemplateAnalysis
{
    private static readonly string[] Schemes = ["https://", "http://"];

    private readonly string _text;
    private readonly ImmutableArray<TemplatePart> _parts;
    private readonly ImmutableArray<UrlPart>.Builder _result = ImmutableArray.CreateBuilder<UrlPart>();

    private UrlTemplateAnalysis(string text, ImmutableArray<TemplatePart> parts) => (_text, _parts) = (text, parts);

    public static ImmutableArray<UrlPart> Analyse(string text, ImmutableArray<TemplatePart> parts)
    {
        var analysis = new UrlTemplateAnalysis(text, parts);
        analysis.Run();
        return analysis._result.ToImmutable();
    }

    private void Run()
    {
        foreach (var part in _parts)
        {
            CheckLiteral(part);
        }

        if (_parts.IsEmpty)
        {
            throw Fault("a URL is missing", 0);
        }

        if (_parts[0].Expression is not null)
        {
            ReadAfterWholeUrl();
        }
        else
        {
            ReadAuthority();
        }

        var example = string.Concat(_result.Select(static part => part.Role switch
        {
            UrlRole.Literal => part.Part.Literal,
            UrlRole.WholeUrl => "https://example",
            UrlRole.Port => "1",
            _ => "example",
        }));
        if (UrlSyntax.ProblemWithComposed(example) is { } problem)
        {
            throw Fault($"the URL cannot be right: {problem}", 0);
        }
    }

    private void ReadAfterWholeUrl()
    {
        _result.Add(new(_parts[0], UrlRole.WholeUrl));
        if (_parts.Length > 1 && _parts[1].Literal is not ['/' or '?', ..])
        {
            throw Fault("after a value that is a whole URL comes '/', '?' or nothing: anything else could change its host", _parts[1].Position);
        }

        ReadPathAndQuery(1);
    }

    private void ReadAuthority()
    {
        var first = _parts[0].Literal;
        var scheme = Schemes.FirstOrDefault(scheme => first.StartsWith(scheme, StringComparison.OrdinalIgnoreCase))
            ?? throw Fault("a URL begins with https:// or with a value that is a whole https URL", _parts[0].Position);
        var authority = new List<TemplatePart>();
        AddLiteral(authority, first, scheme.Length, _parts[0].Position);
        var next = 1;
        var end = EndOfAuthority(first, scheme.Length);
        while (end < 0 && next < _parts.Length)
        {
            var part = _parts[next];
            end = part.Expression is null ? EndOfAuthority(part.Literal, 0) : -1;
            if (part.Expression is null)
            {
                AddLiteral(authority, part.Literal, 0, part.Position);
            }
            else
            {
                authority.Add(part);
            }

            next++;
        }

        var roles = AuthorityRoles(authority);
        for (var i = 0; i < next; i++)
        {
            var part = _parts[i];
            _result.Add(new(part, part.Expression is null ? UrlRole.Literal : roles[part.Position]));
        }

        // The literal that ended the authority may reach into the query.
        ReadPathAndQuery(next, end >= 0 && _parts[next - 1].Literal.Contains('?', StringComparison.Ordinal));
    }

    private static int EndOfAuthority(string literal, int start) => literal.AsSpan(start).IndexOfAny('/', '?');

    private static void AddLiteral(List<TemplatePart> authority, string literal, int start, int position)
    {
        var end = EndOfAuthority(literal, start);
        var text = end < 0 ? literal[start..] : literal.Substring(start, end);
        if (text.Length > 0)
        {
            authority.Add(TemplatePart.Text(text, position + start));
        }
    }

    private Dictionary<int, UrlRole> AuthorityRoles(List<TemplatePart> authority)
    {
        var roles = new Dictionary<int, UrlRole>();
        if (authority.Count == 0)
        {
            throw Fault("the URL has no host", 0);
        }

        var inPort = false;
        for (var i = 0; i < authority.Count; i++)
        {
            var part = authority[i];
            if (part.Expression is null)
            {
                CheckAuthorityLiteral(part, ref inPort);
                continue;
            }

            var before = i == 0 ? '\0' : authority[i - 1].Literal is [.., var last] ? last : 'x';
            var after = i == authority.Count - 1 ? '\0' : authority[i + 1].Literal is [var following, ..] ? following : 'x';
            roles[part.Position] = inPort ? PortRole(part, before, after) : HostRole(part, before, after);
        }

        return roles;
    }

    private UrlRole PortRole(TemplatePart part, char before, char after) => (before, after) == (':', '\0')
        ? UrlRole.Port
        : throw Fault("a value after ':' is the whole port, and '/' or nothing follows it", part.Position);

    private UrlRole HostRole(TemplatePart part, char before, char after)
    {
        var startsLabel = before is '\0' or '.';
        var endsLabel = after is '\0' or '.' or ':';
        if (before == '\0' && after is '\0')
        {
            return UrlRole.WholeAuthority;
        }

        if (before == '\0' && after == ':')
        {
            return UrlRole.WholeHost;
        }

        if (startsLabel && endsLabel)
        {
            return UrlRole.HostLabels;
        }

        // "https://api.example.com${path}" would let the value go on with ".evil.example": the last label is the one
        // that says whose host it is, so it is written out or is a value as a whole.
        return after is '\0' or ':'
            ? throw Fault("a value must not continue the last label of a host; put '/' or '.' before it", part.Position)
            : UrlRole.HostLabelPiece;
    }

    private void CheckAuthorityLiteral(TemplatePart part, ref bool inPort)
    {
        var isAddress = part.Literal is ['[', ..];
        for (var i = 0; i < part.Literal.Length; i++)
        {
            var character = part.Literal[i];
            switch (character)
            {
                case '@':
                    throw Fault("a URL must not hold user information", part.Position + i);
                case ':' when !isAddress:
                    inPort = true;
                    break;
                case ']':
                    isAddress = false;
                    break;
                default:
                    if (!char.IsAsciiLetterOrDigit(character) && character is not ('-' or '_' or '.' or '[' or ':'))
                    {
                        throw Fault("a host holds letters, digits, '-' and '.'; write other scripts in their xn-- form", part.Position + i);
                    }

                    break;
            }
        }
    }

    private void ReadPathAndQuery(int start, bool inQuery = false)
    {
        for (var i = start; i < _parts.Length; i++)
        {
            var part = _parts[i];
            if (part.Expression is not null)
            {
                _result.Add(new(part, inQuery ? UrlRole.Query : UrlRole.Path));
                continue;
            }

            inQuery |= part.Literal.Contains('?', StringComparison.Ordinal);
            _result.Add(new(part, UrlRole.Literal));
        }
    }

    private void CheckLiteral(TemplatePart part)
    {
        for (var i = 0; i < part.Literal.Length; i++)
        {
            switch (part.Literal[i])
            {
                case '#':
                    throw Fault("a URL here must not hold a fragment (RFC 6749 section 3.2)", part.Position + i);
                case '\\' or ' ' or (< ' ' or '\u007F'):
                    throw Fault("a URL must not hold blanks, control characters or '\\'", part.Position + i);
            }
        }
    }

    private ExpressionSyntaxException Fault(string problem, int position) =>
        new(problem, position, _text[Math.Min(position, _text.Length)..]);
}
