using System.Diagnostics.CodeAnalysis;
using TokenKit.Definitions;
using TokenKit.Language.Expressions;
using TokenKit.Language.Origins;

namespace TokenKit.Placement;

/// <summary>The base URL that a definition names: known from configuration, or only together with a token.</summary>
internal static class PlacementBaseUrl
{
    // RFC 6761 section 6.4: names under "invalid" never resolve, so a call that slips by goes nowhere.
    private const string PlaceholderSuffix = ".tokenkit.invalid";

    /// <summary>
    /// The base URL where nothing but constants and the definition's parameters make it, with a final slash so that a
    /// relative path is joined and not put in place of the last segment; else <see langword="null"/>.
    /// </summary>
    public static Uri? FromConfiguration(TokenDefinition definition)
    {
        var placement = definition.Placement;
        if (placement.BaseUrlNeedsToken)
        {
            return null;
        }

        var context = new EvaluationContext { Params = definition.Params };
        foreach (var alternative in placement.BaseUrl)
        {
            if (alternative.References.Any(reference => reference.Root != "param" || definition.ResolvedParams.Contains(reference.Member!)))
            {
                return null;
            }

            var value = alternative.Render(context);
            if (value.IsText)
            {
                return TryRead(value.Text, definition.DangerousAllowHttpOnLoopback, out var url) ? WithFinalSlash(url) : null;
            }
        }

        return null;
    }

    /// <summary>The base address that a client gets whose real one is known only with a token.</summary>
    public static Uri Placeholder(string tokenName)
    {
        var label = string.Create(Math.Min(tokenName.Length, 63), tokenName, static (characters, name) =>
        {
            for (var i = 0; i < characters.Length; i++)
            {
                characters[i] = char.IsAsciiLetterOrDigit(name[i]) ? char.ToLowerInvariant(name[i]) : '-';
            }
        }).Trim('-');
        return new($"https://{(label.Length == 0 ? "token" : label)}{PlaceholderSuffix}/");
    }

    public static bool IsPlaceholder(Uri uri) =>
        uri.IsAbsoluteUri && uri.Host.EndsWith(PlaceholderSuffix, StringComparison.OrdinalIgnoreCase);

    /// <summary>Puts the base URL's origin and path before the call's path and query, joined by one slash.</summary>
    public static Uri Join(Uri baseUrl, Uri call) =>
        new(baseUrl.GetLeftPart(UriPartial.Path).TrimEnd('/')
            + call.GetComponents(UriComponents.PathAndQuery | UriComponents.KeepDelimiter, UriFormat.UriEscaped)
            + call.Fragment);

    public static bool TryRead(string text, bool allowHttpOnLoopback, [NotNullWhen(true)] out Uri? url) =>
        Uri.TryCreate(text, UriKind.Absolute, out url)
        && (url.Scheme == Uri.UriSchemeHttps || (allowHttpOnLoopback && url.Scheme == Uri.UriSchemeHttp && Origin.IsLoopback(url)))
        && url.Host.Length > 0
        && url.UserInfo.Length == 0
        && url.Query.Length == 0
        && url.Fragment.Length == 0;

    private static Uri WithFinalSlash(Uri url) =>
        url.AbsolutePath.EndsWith('/') ? url : new(url.GetLeftPart(UriPartial.Path) + "/");
}
