using System.Collections.Immutable;
using TokenKit.Language.Expressions;
using TokenKit.Language.Templates;

namespace TokenKit.Definitions.Compilation;

/// <summary>Where a request goes.</summary>
/// <param name="Origin">Scheme, host and port.</param>
/// <param name="Path">The path; <see langword="null"/> where it is part of a whole URL that is not known.</param>
/// <param name="Query">The fields of the URL's own query.</param>
internal sealed record SentUrl(MarkText Origin, MarkText? Path, ImmutableArray<SentField> Query)
{
    /// <summary>Origin and path; what of them is not known stands as it is written.</summary>
    public MarkText Address => Path is { } path ? Origin.Plus(path) : Origin;

    /// <summary>The alternatives, in order, without those that have no value.</summary>
    public static IEnumerable<SentUrl> Of(ImmutableArray<Template> alternatives, MarkScope scope) =>
        alternatives.OfType<UrlTemplate>()
            .Select(template => template.Outline(scope, references => MarkScope.AreKnown(references) && scope.OfKey(references).IsEmpty))
            .OfType<UrlOutline>()
            .Select(outline => Of(outline, scope));

    private static SentUrl Of(UrlOutline outline, MarkScope scope)
    {
        var origin = MarkText.Of(outline.Origin, scope).With(OriginOf);
        var query = outline.Query.Select(field => new SentField(
            MarkText.Of(field.Name, scope).Text,
            MarkText.Of(field.Value with { References = [.. field.Name.References, .. field.Value.References] }, scope)));
        return new SentUrl(origin, PathOf(outline, origin, scope), [.. query]);
    }

    private static MarkText? PathOf(UrlOutline outline, MarkText origin, MarkScope scope)
    {
        if (outline.OriginMayHoldPath && origin.IsKnown)
        {
            // A value that comes with the key is a whole URL, so the path comes with it, too.
            var path = outline.Path.References.AddRange(outline.Origin.References);
            return MarkText.AsWritten(outline.Origin.Source + outline.Path.Source, path, scope);
        }

        return outline.Path.Text.Length > 0 ? MarkText.Of(outline.Path, scope) : origin.IsKnown ? new MarkText("/") : null;
    }

    private static string OriginOf(string text) => Uri.TryCreate(text, UriKind.Absolute, out var uri) ? Language.Origins.Origin.TextOf(uri) : text;
}
