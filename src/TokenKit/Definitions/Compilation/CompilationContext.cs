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
    private const string OpeningOfValue = "; a '${' that is part of the value itself is written '$${'";

    private readonly List<DefinitionFault> _faults = [.. options.ReadingFaults];
    private readonly List<(string Path, PathNode Node)> _partsRead = [];
    private readonly EvaluationContext _known = new() { Params = options.Params.ToImmutableDictionary(StringComparer.Ordinal) };

    public string TokenName => tokenName;

    public TokenRefreshOptions Options => options;

    /// <summary>The literal parameters.</summary>
    public ImmutableDictionary<string, string> Params => _known.Params;

    /// <summary>Where values of answers are read, of which not every one is there.</summary>
    public IReadOnlyList<(string Path, PathNode Node)> PartsRead => _partsRead;

    /// <summary>The values of other registrations' answers that stand in a URL; whether one is a secret is said there.</summary>
    public IList<OtherValue> ValuesOfOthersInUrl { get; } = [];

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
    public ImmutableArray<Template> Templates(string path, TextList? texts, TemplatePlace place, RootSet roots, bool isSecret = false)
    {
        ImmutableArray<Template> templates = [.. (texts ?? []).Select(text => Parse(path, isSecret, () => TemplateParser.Parse(text, place), isSecret && place is not TemplatePlace.Url ? HintFor(text) : "")).OfType<Template>()
            .Where(template => AreReadable(path, template.References, roots, texts is { Count: 1 } ? template.Required : []))];
        foreach (var template in templates)
        {
            CheckKnownValues(path, template);
            NoteParts(path, template.References, template.Source);
        }

        return templates;
    }

    /// <summary>The parts of a template: the text of each that is known, and <see langword="null"/> for any other. None where it is no template.</summary>
    public ImmutableArray<string?> KnownParts(string text)
    {
        try
        {
            return [.. TemplateParser.Split(text).Select(part => part.Expression is not { } expression ? part.Literal
                : expression.References.All(IsKnown) && RenderedValue.Read(expression.Root.Evaluate(_known), out var value) is null ? value
                : null)];
        }
        catch (ExpressionSyntaxException)
        {
            return [];
        }
    }

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
        if (expression is null || !AreReadable(path, expression.References, roots, []))
        {
            return null;
        }

        _partsRead.AddRange(expression.Root.Paths.Where(static node => HasParts(node.Reference)).Select(node => (path, node)));
        return expression;
    }

    public JsonTemplate? Json(string path, Func<JsonNode?> read, RootSet roots)
    {
        var before = _faults.Count;
        var template = Parse(path, isSecret: true, () =>
            JsonTemplateParser.Parse(read(), (member, fault) => Fault(path + member, fault.MessageWithoutText + OpeningOfValue)));
        if (_faults.Count > before)
        {
            return null;
        }

        if (template is null || !AreReadable(path, template.References, roots, template.Required))
        {
            return null;
        }

        foreach (var leaf in template.Leaves)
        {
            var place = leaf.Path is [] or ['[', ..] ? path + leaf.Path : $"{path}.{leaf.Path}";
            if (!leaf.References.IsEmpty && leaf.References.All(IsKnown) && leaf.Render(_known).Unresolved is { } problem)
            {
                Fault(place, $"cannot be written; {problem}");
            }

            NoteParts(place, leaf.References, leaf.Source);
        }

        return template;
    }

    /// <summary>A tree as it was written, or <see langword="null"/> with a fault for each text in it that no encoding can carry.</summary>
    public JsonNode? Readable(string path, JsonNode? tree)
    {
        var problems = JsonTreeTexts.Problems(tree).ToList();
        foreach (var (place, problem) in problems)
        {
            Fault(path + place, problem);
        }

        return problems.Count == 0 ? tree : null;
    }

    // Parameters are literal values, and so is what is written in quotes: whether they can stand in their place is known now.
    private void CheckKnownValues(string path, Template template)
    {
        if (template is PartsTemplate parts && parts.ProblemWith(_known, IsKnown) is { } problem)
        {
            Fault(path, $"cannot be written; {problem}");
        }
    }

    private bool IsKnown(ExpressionReference reference) =>
        reference is { Root: "param", Member: { } name } && Params.ContainsKey(name) && !Options.ResolvedParams.Contains(name);

    private void NoteParts(string path, ImmutableArray<ExpressionReference> references, string source)
    {
        if (references.Any(HasParts))
        {
            _partsRead.AddRange(TemplateParser.Split(source)
                .SelectMany(static part => part.Expression?.Root.Paths ?? [])
                .Where(static node => HasParts(node.Reference))
                .Select(node => (path, node)));
        }
    }

    private static bool HasParts(ExpressionReference reference) => reference is { Root: "step" or "tokens" } or { Root: "token", Member: "values" };

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

    // Passwords hold everything, and who writes one in plain does not think of templates.
    private static string HintFor(string text) => text.Contains("${", StringComparison.Ordinal) ? OpeningOfValue : "";

    private TResult? Parse<TResult>(string path, bool isSecret, Func<TResult> parse, string hint = "")
        where TResult : class
    {
        try
        {
            return parse();
        }
        catch (ExpressionSyntaxException exception)
        {
            Fault(path, (isSecret ? exception.MessageWithoutText : exception.Message) + hint);
            return null;
        }
    }
}
