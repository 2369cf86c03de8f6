using System.Collections.Immutable;
using TokenKit.Language.Expressions;
using TokenKit.Language.Templates;

namespace TokenKit.Definitions.Compilation;

/// <summary>
/// Finds definitions whose placement says all there is: an API key, a digest of a secret, a JWT for each call. There is no token that
/// an exchange makes, so nothing is asked for.
/// </summary>
internal static class PlacedAlone
{
    /// <summary>What stands for the access token where the placement names no secret as it is.</summary>
    private const string Nothing = "'none'";

    public static bool Is(TokenRefreshOptions options)
    {
        var placement = options.Placement;
        return options is { Grant: null, TokenEndpoint: null, Authority: null, Response.AccessToken: null }
            && options.Seed is { RefreshToken: null, AccessToken: null, Code: null }
            && Headers(placement).Concat(placement.Query.Select(static field => field.Value)).Any()
            && !options.Jwt.Values.Any(static jwt => Mentions(jwt.Header) || Mentions(jwt.Claims))
            && !Texts(placement).SelectMany(static text => PartsOf(text)).Any(static part => part.Expression?.References.Any(static reference => reference.Root is "token") is true);

        static bool Mentions(System.Text.Json.Nodes.JsonNode? tree) => tree?.ToJsonString().Contains("token.", StringComparison.Ordinal) is true;
    }

    /// <summary>The selector of the access token: the first secret that a header holds as it is.</summary>
    public static string AccessToken(TokenPlacementOptions placement) =>
        Headers(placement).SelectMany(static texts => texts).SelectMany(static text => PartsOf(text))
            .Select(static part => part.Expression?.Root).OfType<PathNode>()
            .FirstOrDefault(static node => node.Reference.Root is "secret")?.Text ?? Nothing;

    private static IEnumerable<TextList> Headers(TokenPlacementOptions placement)
    {
        TextList[] main = placement.Header is { Length: > 0 } ? [placement.Value] : [];
        return main.Concat(placement.Headers.Select(static field => field.Value));
    }

    private static IEnumerable<string> Texts(TokenPlacementOptions placement) =>
        Headers(placement).Concat(placement.Query.Select(static field => field.Value)).Append(placement.BaseUrl ?? []).SelectMany(static texts => texts);

    // What cannot be read is a fault of its own where it is compiled.
    private static ImmutableArray<TemplatePart> PartsOf(string text)
    {
        try
        {
            return TemplateParser.Split(text);
        }
        catch (ExpressionSyntaxException)
        {
            return [];
        }
    }
}
