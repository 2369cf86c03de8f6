using System.Collections.Immutable;
using TokenKit.Language.Expressions;
using TokenKit.Language.Templates;

namespace TokenKit.Definitions.Compilation;

/// <summary>A text that may be a part of a mark.</summary>
/// <param name="Text">The text, or the template's own where something in it is not known.</param>
internal readonly record struct MarkText(string Text)
{
    private const string OtherAlternative = " | ";

    /// <summary>Whether it reads nothing but constants, parameters and the subject.</summary>
    public bool IsKnown { get; private init; } = true;

    /// <summary>What it reads that is not put in, because it is known only with the key.</summary>
    public ImmutableArray<ExpressionReference> ReadsOfKey { get => field.IsDefault ? [] : field; private init; }

    /// <summary>What the template reads where it stands as it is written.</summary>
    public ImmutableArray<ExpressionReference> Unread { get => field.IsDefault ? [] : field; private init; }

    /// <summary>Whether the text is the template's own.</summary>
    public bool IsSource => !IsKnown || !ReadsOfKey.IsEmpty;

    /// <summary>A text that stands as it is written: with what is not known, or not yet.</summary>
    public static MarkText AsWritten(string source, IEnumerable<ExpressionReference> references, MarkScope scope)
    {
        ImmutableArray<ExpressionReference> reads = [.. references.Distinct()];
        var isKnown = MarkScope.AreKnown(reads);
        return new MarkText(source) { IsKnown = isKnown, ReadsOfKey = isKnown ? scope.OfKey(reads) : [], Unread = isKnown ? reads : [] };
    }

    /// <summary>The first of several templates that resolves, as a request uses them; <see langword="null"/> where none is sent.</summary>
    public static MarkText? First(ImmutableArray<Template> alternatives, MarkScope scope)
    {
        var references = alternatives.SelectMany(static template => template.References);
        if (!MarkScope.AreKnown(references))
        {
            return AsWritten(SourceOf(alternatives), references, scope);
        }

        var considered = new List<Template>();
        foreach (var template in alternatives)
        {
            if (Read(template.Source, template.References, template.Render, scope) is { } text)
            {
                if (!text.IsSource && considered.Count == 0)
                {
                    return text;
                }

                considered.Add(template);
                if (!text.IsSource)
                {
                    break;
                }
            }
        }

        return considered.Count == 0
            ? null
            : AsWritten(SourceOf([.. considered]), considered.SelectMany(static template => template.References), scope);
    }

    /// <summary>All of several templates, in order, without those that have no value.</summary>
    public static IEnumerable<MarkText> All(ImmutableArray<Template> alternatives, MarkScope scope) =>
        alternatives.Select(template => Read(template.Source, template.References, template.Render, scope)).OfType<MarkText>();

    public static MarkText? Of(JsonLeaf leaf, MarkScope scope) => Read(leaf.Source, leaf.References, leaf.Render, scope);

    public static MarkText Of(UrlPiece piece, MarkScope scope) =>
        MarkScope.AreKnown(piece.References) && scope.OfKey(piece.References).IsEmpty ? new(piece.Text) : AsWritten(piece.Source, piece.References, scope);

    /// <summary>The two as one text.</summary>
    public MarkText Plus(MarkText other) => new(Text + other.Text)
    {
        IsKnown = IsKnown && other.IsKnown,
        ReadsOfKey = [.. ReadsOfKey, .. other.ReadsOfKey],
        Unread = [.. Unread, .. other.Unread],
    };

    public MarkPart Named(string name) => new(name, Text) { ReadsOfKey = ReadsOfKey, Unread = Unread };

    public MarkText With(Func<string, string> normalise) => IsSource ? this : this with { Text = normalise(Text) };

    // A record prints its members, and a secret may stand in a definition as it is.
    public override string ToString() => IsSource ? "a template" : "a text";

    private static MarkText? Read(
        string source, ImmutableArray<ExpressionReference> references, Func<IEvaluationScope, TemplateResult> render, MarkScope scope)
    {
        if (!MarkScope.AreKnown(references) || !scope.OfKey(references).IsEmpty)
        {
            return AsWritten(source, references, scope);
        }

        return render(scope) is { IsText: true } rendered ? new MarkText(rendered.Text!) : null;
    }

    private static string SourceOf(ImmutableArray<Template> alternatives) =>
        string.Join(OtherAlternative, alternatives.Select(static template => template.Source));
}
