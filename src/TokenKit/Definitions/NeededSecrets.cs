using System.Collections.Immutable;
using TokenKit.Language.Expressions;
using TokenKit.Language.Signing;
using TokenKit.Language.Templates;

namespace TokenKit.Definitions;

/// <summary>The secrets without which a definition certainly obtains or places no token.</summary>
/// <remarks>
/// Not those that are optional or one of several alternatives, and not a seed's, which is needed once and then never again.
/// </remarks>
internal static class NeededSecrets
{
    public static IEnumerable<string> Of(TokenDefinition definition)
    {
        var exchanges = new[] { definition.Request, definition.RefreshRequest }
            .OfType<ExchangeDefinition>()
            .SelectMany(static exchange => exchange.EarlierSteps.Append(exchange));
        var placed = definition.Placement.Headers.Concat(definition.Placement.Query).SelectMany(static field => field.Value.Required());
        return exchanges.SelectMany(NeededBy).Concat(placed)
            .SelectMany(reference => Resolve(reference, definition))
            .Where(static reference => reference is { Root: "secret", Member: not null })
            .Select(static reference => reference.Member!)
            .Distinct(StringComparer.Ordinal);
    }

    private static IEnumerable<ExpressionReference> NeededBy(ExchangeDefinition exchange)
    {
        var fields = exchange.Headers.Concat(exchange.Query).Concat((exchange.Body as BodyDefinition.Form)?.Fields ?? []);
        var body = exchange.Body switch
        {
            BodyDefinition.Json json => json.Document.Required,
            BodyDefinition.Text text => text.Content.Required(),
            _ => [],
        };
        var client = exchange.Client;
        return exchange.Url.Required()
            .Concat(exchange.Authority.Required())
            .Concat(fields.SelectMany(static field => field.Alternatives.Required()))
            .Concat(body)
            .Concat(client.Id.Required())
            .Concat(client.Secret.Required())
            .Concat(client.Secrets.Required())
            .Concat(client.Certificate.Required())
            .Concat(NeededBy(client.Assertion));
    }

    private static IEnumerable<ExpressionReference> NeededBy(KeyDefinition? key) => key?.Key.Required() ?? [];

    private static IEnumerable<ExpressionReference> Resolve(ExpressionReference reference, TokenDefinition definition) =>
        reference is { Root: "jwt", Member: { } name } && definition.Jwts.TryGetValue(name, out var jwt)
            ? NeededBy(jwt.Key).Concat(jwt.Claims?.Required ?? [])
            : [reference];
}
