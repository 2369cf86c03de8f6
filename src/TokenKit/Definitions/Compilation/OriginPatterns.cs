using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;

namespace TokenKit;

/// <summary>Reads the origins that may receive a token.</summary>
internal static class OriginPatterns
{
    private const string Wildcard = "*.";
    private const string HttpsPrefix = "https://";

    public static ImmutableArray<OriginPattern> Compile(CompilationContext context, string path, TextList? texts)
    {
        var patterns = ImmutableArray.CreateBuilder<OriginPattern>();
        foreach (var template in context.Templates(path, texts, TemplatePlace.Value, RootSet.Origins))
        {
            // Parameters are literal values, so that every origin is known when the host starts.
            var rendered = template.Render(new EvaluationContext { Params = ParamsOf(context) });
            if (rendered.Text is { } text && TryParse(text, out var pattern))
            {
                CheckScheme(context, path, text, pattern);
                patterns.Add(pattern);
            }
            else
            {
                context.Fault(path, $"is '{template.Source}' and must be an https origin or URL; '*' may stand for the first label of its host, as in https://*.my.crm.example");
            }
        }

        return patterns.ToImmutable();
    }

    public static ImmutableDictionary<string, string> ParamsOf(CompilationContext context) =>
        context.Options.Params.ToImmutableDictionary(StringComparer.Ordinal);

    /// <summary>Reads one pattern. A URL counts as its origin.</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out OriginPattern? pattern)
    {
        pattern = null;
        var hasWildcard = text.StartsWith(HttpsPrefix + Wildcard, StringComparison.OrdinalIgnoreCase);
        var url = hasWildcard ? HttpsPrefix + text[(HttpsPrefix.Length + Wildcard.Length)..] : text;
        if (UrlSyntax.ProblemWithWholeUrl(url, mayHoldQuery: true) is not null
            || !Uri.TryCreate(url, UriKind.Absolute, out var uri)
            || (hasWildcard && !HasTwoLabels(uri)))
        {
            return false;
        }

        var host = uri.IdnHost.ToLowerInvariant();
        pattern = new OriginPattern(uri.Scheme, hasWildcard ? Wildcard + host : host, uri.Port);
        return true;
    }

    // "https://*.com" would send the token to everybody, and an address has no labels.
    private static bool HasTwoLabels(Uri uri) =>
        uri.HostNameType == UriHostNameType.Dns && uri.IdnHost.Trim('.').Contains('.', StringComparison.Ordinal);

    private static void CheckScheme(CompilationContext context, string path, string text, OriginPattern pattern)
    {
        if (pattern.Scheme == Uri.UriSchemeHttp && !context.Options.DangerousAllowHttpOnLoopback)
        {
            context.Fault(path, $"is '{text}', plain http; for a test on this machine set DangerousAllowHttpOnLoopback");
        }
    }
}
