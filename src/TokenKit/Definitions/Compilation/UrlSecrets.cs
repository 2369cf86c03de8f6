using System.Collections.Immutable;
using TokenKit.Language.Expressions;
using TokenKit.Language.Formats;
using TokenKit.Language.Templates;

namespace TokenKit.Definitions.Compilation;

/// <summary>Finds the secrets that a request puts into its URL.</summary>
/// <remarks>
/// A value of an answer is one where a response says so: it is the token there, or mapped with <c>Secret</c>. In an answer of a step,
/// of which most is not mapped, the name of a member tells as well. What stands in the origin is judged by <c>AllowedOrigins</c>.
/// </remarks>
internal sealed class UrlSecrets(CompilationContext context, RequestDraft draft)
{
    private readonly PartChecks _parts = new(context);

    public void Check(ImmutableArray<Template> url, ImmutableArray<FieldDefinition> query)
    {
        if (draft.AllowSecretInUrl)
        {
            return;
        }

        foreach (var template in url.OfType<UrlTemplate>())
        {
            Check(draft.UrlPath, template.PathsIn(static role => role is UrlRole.Path or UrlRole.Query), isOrigin: false);
            Check(draft.UrlPath, template.PathsIn(static role => role is not (UrlRole.Path or UrlRole.Query)), isOrigin: true);
        }

        foreach (var (definition, source) in query.Zip(draft.Query))
        {
            Check(source.Path, definition.Alternatives.SelectMany(static template => TemplateParser.Split(template.Source))
                .SelectMany(static part => part.Expression?.Root.Paths ?? []), isOrigin: false);
        }
    }

    private void Check(string path, IEnumerable<PathNode> nodes, bool isOrigin)
    {
        foreach (var node in nodes)
        {
            if (node is { Reference: { Root: "tokens", Member: { } token }, Steps: [{ Name: "values" }, { Name: { } name }, ..] })
            {
                if (!isOrigin)
                {
                    context.ValuesOfOthersInUrl.Add(new OtherValue(path, token, name, node.Text));
                }
            }
            else if (IsSecret(node, isOrigin))
            {
                var cure = node.Reference.Root is "step"
                    ? $"; if it is no secret, say so in Response.Values of that step, otherwise set {draft.Section}.AllowSecretInUrl if the server knows no other way"
                    : $"; set {draft.Section}.AllowSecretInUrl if the server knows no other way";
                context.Fault(path, $"puts {NameOf(node)} into a URL, where proxies and servers write it into logs (RFC 6749 section 2.3.1){cure}");
            }
        }
    }

    private bool IsSecret(PathNode node, bool isOrigin) => node switch
    {
        { Reference: { Root: "token", Member: "values" }, Steps: [{ Name: { } name }, ..] } =>
            _parts.SecretValues().Contains(name, StringComparer.Ordinal) || (!isOrigin && _parts.Kept() is null),
        { Reference: { Root: "token", Member: "expiresAt" } } or { Reference.Root: "tokens", Steps: [{ Name: "expiresAt" }] } => false,
        { Reference.Root: "step", Steps: [{ Name: null, Index: var index }, .. var rest] } => IsSecretOfStep(index, [.. rest.Select(NameOf)], isOrigin),
        { Reference: { Root: "client", Member: "secret" } } => true,
        _ => node.Reference.Root is "secret" or "token" or "tokens" or "jwt" or "assertion" or "step",
    };

    private bool IsSecretOfStep(int index, ImmutableArray<string> read, bool isOrigin)
    {
        if (read is [] or ["status", ..] || index >= draft.EarlierResponses.Length)
        {
            return read is [];
        }

        var response = draft.EarlierResponses[index];
        var ofStep = Mapped(response, isSecret: true).Concat(
            Mapped(draft.FinalResponse, isSecret: true)
                .Where(path => path is ["step", var of, ..] && of == NameOf(new PathStep(null, index)))
                .Select(static path => path[2..]));
        if (ofStep.Any(path => Overlap(path, read)))
        {
            return true;
        }

        // A cookie is a session more often than not.
        return !isOrigin
            && (read[0] is "cookie" || CredentialNames.Contains(read[^1]))
            && !Mapped(response, isSecret: false).Any(path => path.SequenceEqual(read, StringComparer.Ordinal));
    }

    /// <summary>What a response maps as a secret, or as a value that is none.</summary>
    private static IEnumerable<ImmutableArray<string>> Mapped(TokenResponseOptions? response, bool isSecret)
    {
        if (response is null)
        {
            return [];
        }

        IEnumerable<string> tokens = isSecret
            ? [.. response.AccessToken ?? StandardAnswer.AccessToken, .. response.RefreshToken ?? StandardAnswer.RefreshToken]
            : [];
        return tokens.Concat(response.Values.Where(value => value.IsSecret == isSecret).SelectMany(static value => value.Expression))
            .SelectMany(PathsOf)
            .Select(static node => ImmutableArray.Create([node.Reference.Root, .. node.Reference.Member is { } member ? [member] : Array.Empty<string>(), .. node.Steps.Select(NameOf)]))
            .Select(static path => path is ["text"] ? ["body"] : path);
    }

    // What cannot be read is a fault of its own.
    private static IEnumerable<PathNode> PathsOf(string selector)
    {
        try
        {
            return selector.Length == 0 ? [] : ExpressionParser.Parse(selector).Root.Paths;
        }
        catch (ExpressionSyntaxException)
        {
            return [];
        }
    }

    // The whole holds the part, and the text of an answer holds all of its body.
    private static bool Overlap(ImmutableArray<string> mapped, ImmutableArray<string> read)
    {
        var asked = read is ["text"] ? ["body"] : read;
        var shared = Math.Min(mapped.Length, asked.Length);
        return mapped[..shared].SequenceEqual(asked[..shared], StringComparer.Ordinal);
    }

    private static string NameOf(PathStep step) => step.Name ?? $"[{step.Index}]";

    private static string NameOf(PathNode node) => node.Reference.Root is "step" || node.Reference is { Root: "token", Member: "values" }
        ? QuotedText.NameOf(node.Text)
        : node.Reference.Member is { } member ? $"{node.Reference.Root}.{member}" : node.Reference.Root;
}
