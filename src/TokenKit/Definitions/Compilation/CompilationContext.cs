using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json.Nodes;
using TokenKit.Language.Expressions;
using TokenKit.Language.Signing;
using TokenKit.Language.Templates;

namespace TokenKit.Definitions.Compilation;

/// <summary>One run of the compiler: the options, and the faults found so far. It goes on after a fault, to find them all.</summary>
internal sealed class CompilationContext(string tokenName, TokenRefreshOptions options)
{
    private readonly List<DefinitionFault> _faults = [.. options.ReadingFaults];

    public string TokenName => tokenName;

    public TokenRefreshOptions Options => options;

    /// <summary>The literal parameters.</summary>
    public ImmutableDictionary<string, string> Params { get; } = options.Params.ToImmutableDictionary(StringComparer.Ordinal);

    /// <summary>What the placement reads; the client is compiled where it does.</summary>
    public ImmutableArray<ExpressionReference> PlacementReferences { get; set; } = [];

    /// <summary>The tokens that the definition signs; compiled before anything that reads them.</summary>
    public ImmutableDictionary<string, JwtDefinition> Jwts { get; set; } = ImmutableDictionary<string, JwtDefinition>.Empty;

    /// <summary>Whether several access tokens come of one refresh token; known before requests are compiled.</summary>
    public bool KeepsMany { get; set; }

    public ImmutableArray<DefinitionFault> Faults
    {
        get
        {
            ImmutableArray<DefinitionFault> ofWhole = [.. _faults.Where(static fault => fault.IsOfWhole).Distinct()];
            return ofWhole.IsEmpty ? [.. _faults.Distinct()] : ofWhole;
        }
    }

    public void Fault(string path, string problem) => _faults.Add(new(path, problem));

    /// <summary>Compiles templates of which the first that resolves is used.</summary>
    /// <param name="path">The property.</param>
    /// <param name="texts">The templates; none for <see langword="null"/>.</param>
    /// <param name="place">Where the text goes.</param>
    /// <param name="roots">What may be read there.</param>
    /// <param name="isSecret">Whether the text may be a secret in plain, of which a message shows nothing.</param>
    public ImmutableArray<Template> Templates(string path, TextList? texts, TemplatePlace place, RootSet roots, bool isSecret = false) =>
        [.. (texts ?? []).Select(text => Parse(path, isSecret, () => TemplateParser.Parse(text, place))).OfType<Template>()
            .Where(template => AreReadable(path, template.References, roots, texts is { Count: 1 } ? template.Required : []))];

    public Template? Template(string path, string text, TemplatePlace place, RootSet roots) =>
        Templates(path, text, place, roots) is [var template] ? template : null;

    public ImmutableArray<Expression> Expressions(string path, TextList? texts, RootSet roots) =>
        [.. (texts ?? []).Select(text => Expression(path, text, roots)).OfType<Expression>()];

    public Expression? Expression(string path, string? text, RootSet roots)
    {
        if (text is null)
        {
            return null;
        }

        var expression = Parse(path, isSecret: false, () => ExpressionParser.Parse(text));
        return expression is not null && AreReadable(path, expression.References, roots, []) ? expression : null;
    }

    public JsonTemplate? Json(string path, Func<JsonNode?> read, RootSet roots)
    {
        var before = _faults.Count;
        var template = Parse(path, isSecret: true, () =>
            JsonTemplateParser.Parse(read(), (member, fault) => Fault(path + member, fault.MessageWithoutText)));
        if (_faults.Count > before)
        {
            return null;
        }

        return template is not null && AreReadable(path, template.References, roots, template.Required) ? template : null;
    }

    /// <summary>Whether every root may be read, each one that may not being a fault.</summary>
    private bool AreReadable(
        string path, ImmutableArray<ExpressionReference> references, RootSet roots, ImmutableArray<ExpressionReference> required)
    {
        var before = _faults.Count;
        foreach (var reference in references)
        {
            if (roots.ProblemWith(reference) is { } problem)
            {
                Fault(path, problem);
            }
            else if (reference is { Root: "param", Member: { } name }
                && !Params.ContainsKey(name) && !Options.ResolvedParams.Contains(name) && required.Contains(reference))
            {
                Fault(path, $"param.{name} is not in Params{Hint(name, Params.Keys)}");
            }
            else if (reference is { Root: "jwt", Member: { } jwt and not ClientAssertionNames.Member })
            {
                CheckJwt(path, jwt, roots);
            }
        }

        return _faults.Count == before;
    }

    /// <summary>The references and what the tokens read that are signed for them.</summary>
    public ImmutableArray<ExpressionReference> Close(IEnumerable<ExpressionReference> references)
    {
        var all = references.ToImmutableArray();
        return [.. all.Concat(all.SelectMany(JwtReferences)).Distinct()];
    }

    private IEnumerable<ExpressionReference> JwtReferences(ExpressionReference reference) =>
        reference is { Root: "jwt", Member: { } name } && Jwts.TryGetValue(name, out var jwt) ? jwt.References : [];

    private void CheckJwt(string path, string name, RootSet roots)
    {
        if (!Jwts.TryGetValue(name, out var jwt))
        {
            Fault(path, $"jwt.{name} is not in Jwt{Hint(name, Jwts.Keys)}");
            return;
        }

        foreach (var reference in jwt.References.Where(static reference => reference.Root == "request"))
        {
            if (roots.ProblemWith(reference) is { } problem)
            {
                Fault(path, $"reads jwt.{name}, where {problem}");
            }
        }
    }

    private static string Hint(string written, IEnumerable<string> known) =>
        NearestName.Find(written, known) is { } nearest ? $"; did you mean '{nearest}'?" : "";

    public static string Show(TimeSpan span) =>
        span == Timeout.InfiniteTimeSpan ? "never" : span.ToString("c", CultureInfo.InvariantCulture);

    private TResult? Parse<TResult>(string path, bool isSecret, Func<TResult> parse)
        where TResult : class
    {
        try
        {
            return parse();
        }
        catch (ExpressionSyntaxException exception)
        {
            Fault(path, isSecret ? exception.MessageWithoutText : exception.Message);
            return null;
        }
    }
}
