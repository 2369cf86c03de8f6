using System.Collections.Immutable;
using System.Text;
using TokenKit.Language.Expressions;

namespace TokenKit.Language.Templates;

/// <summary>
/// A URL. A value chooses a host only where the definition gives it the whole host or whole labels of it; everywhere else
/// it is percent-encoded and stays inside its path segment or query value.
/// </summary>
internal sealed class UrlTemplate(string source, ImmutableArray<UrlPart> parts)
    : PartsTemplate(source, [.. parts.Select(static part => part.Part)])
{
    private readonly bool _valueIsWholeUrl = parts is [{ Role: UrlRole.WholeUrl }];

    // Without values in it the URL is always the same, and is checked once.
    private readonly bool _isLiteral = parts.All(static part => part.Part.Expression is null);
    private volatile bool _isKnownGood;

    /// <summary>Whether the URL is written with plain http.</summary>
    public bool IsPlainHttp => parts[0].Part.Literal.StartsWith("http://", StringComparison.OrdinalIgnoreCase);

    /// <summary>What the values that choose scheme, host or port read.</summary>
    public ImmutableArray<ExpressionReference> OriginReferences { get; } =
        [.. parts.Where(ChoosesOrigin).SelectMany(static part => part.Part.Expression!.References)];

    /// <summary>A URL of the same origin where scheme, host and port are written out; else <see langword="null"/>.</summary>
    public Uri? LiteralOrigin { get; } = parts.Any(ChoosesOrigin) ? null : new Uri(parts[0].Part.Literal.Split('?')[0]);

    /// <summary>What is read by the values of certain roles.</summary>
    public IEnumerable<PathNode> PathsIn(Func<UrlRole, bool> isMeant) =>
        parts.Where(part => isMeant(part.Role)).SelectMany(static part => part.Part.Expression?.Root.Paths ?? []);

    /// <summary>Puts some of the values in and takes the URL apart. Never throws for what a value contains.</summary>
    /// <param name="scope">The values.</param>
    /// <param name="isPutIn">Whether an expression that reads this is evaluated; any other stays as it is written.</param>
    /// <returns><see langword="null"/> where a value is missing or cannot stand in a URL, so that none of this template is sent.</returns>
    public UrlOutline? Outline(IEvaluationScope scope, Func<ImmutableArray<ExpressionReference>, bool> isPutIn)
    {
        var outline = new UrlOutlineBuilder();
        for (var i = 0; i < parts.Length; i++)
        {
            if (parts[i].Part.Expression is not { } expression)
            {
                outline.AddLiteral(parts[i].Part.Literal);
                continue;
            }

            if (!isPutIn(expression.References))
            {
                outline.AddExpression(expression, mayHoldPath: parts[i].Role is UrlRole.WholeUrl or UrlRole.WholeAuthority);
                continue;
            }

            var value = new StringBuilder();
            var evaluation = expression.Root.Evaluate(scope);
            if ((RenderedValue.Read(evaluation, out var text) ?? Append(value, i, text!, evaluation.Name)) is not null)
            {
                return null;
            }

            outline.AddValue(value.ToString(), expression);
        }

        return outline.Build();
    }

    protected override TemplateResult? Append(StringBuilder output, int part, string text, string name)
    {
        var role = parts[part].Role;
        var why = role switch
        {
            UrlRole.WholeUrl => UrlSyntax.ProblemWithWholeUrl(text, _valueIsWholeUrl),
            UrlRole.WholeAuthority => UrlSyntax.ProblemWithAuthorityAndPath(text),
            UrlRole.WholeHost => UrlSyntax.IsHost(text) ? null : "is not a host",
            UrlRole.HostLabels => UrlSyntax.AreLabels(text) ? null : "is not a part of a host: letters, digits and '-' between dots",
            UrlRole.HostLabelPiece => UrlSyntax.IsLabelPiece(text) ? null : "is not a part of a host's label: letters, digits and '-'",
            UrlRole.Port => UrlSyntax.IsPort(text) ? null : "is not a port from 1 to 65535",
            _ => null,
        };
        if (why is not null)
        {
            return TemplateResult.Missing($"{name}: {why}");
        }

        output.Append(role is UrlRole.Path or UrlRole.Query ? Uri.EscapeDataString(text) : WithoutDoubleSlash(text, part));
        return null;
    }

    protected override TemplateResult Finish(string text)
    {
        if (!_isKnownGood && UrlSyntax.ProblemWithComposed(text) is { } why)
        {
            return TemplateResult.Missing($"the URL: {why}");
        }

        _isKnownGood = _isLiteral;
        return TemplateResult.Rendered(text);
    }

    // "https://api.example/" followed by "/v1" is joined by one slash.
    private string WithoutDoubleSlash(string text, int part) =>
        text is [.., '/'] && part + 1 < parts.Length && parts[part + 1].Part.Literal is ['/', ..] ? text[..^1] : text;

    private static bool ChoosesOrigin(UrlPart part) => part.Role is not (UrlRole.Literal or UrlRole.Path or UrlRole.Query);
}
