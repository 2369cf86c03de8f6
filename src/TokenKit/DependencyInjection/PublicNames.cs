using TokenKit.Definitions;
using TokenKit.Language.Origins;

namespace TokenKit.DependencyInjection;

/// <summary>Finds allowed origins that stand for every name under a public registry, such as <c>https://*.co.uk</c>.</summary>
/// <remarks>
/// A small rule and no list of public suffixes, which would be out of date in every release: a two-letter country below which a
/// label says what kind of holder the names are for. It misses registries with other labels (<c>*.k12.ca.us</c>) and services that
/// give names to anybody (<c>*.github.io</c>): there a whole domain is often meant.
/// </remarks>
internal static class PublicNames
{
    private static readonly HashSet<string> Kinds = new(StringComparer.Ordinal)
    {
        "ac", "asn", "co", "com", "edu", "firm", "gen", "go", "gob", "gouv", "gov", "govt", "gv", "id", "ind", "info", "lg", "ltd",
        "me", "mil", "ne", "net", "nhs", "nic", "nom", "or", "org", "plc", "police", "school", "sch", "web",
    };

    /// <summary>The settings with such origins, and the origins.</summary>
    public static IEnumerable<(string Path, string Origins)> AllowedBy(TokenDefinition definition)
    {
        if (Describe(definition.Placement.AllowedOrigins) is { } placed)
        {
            yield return ("Placement.AllowedOrigins", placed);
        }

        var exchanges = new[] { definition.Request, definition.RefreshRequest, definition.Seed?.CodeExchange }
            .OfType<ExchangeDefinition>()
            .SelectMany(static exchange => exchange.EarlierSteps.Append(exchange))
            .Where(static exchange => exchange.AllowedOrigins is not null)
            .DistinctBy(static exchange => exchange.AllowedOriginsPath);
        foreach (var exchange in exchanges)
        {
            if (Describe(exchange.AllowedOrigins!.Patterns) is { } allowed)
            {
                yield return (exchange.AllowedOriginsPath, allowed);
            }
        }
    }

    private static string? Describe(IEnumerable<OriginPattern> patterns)
    {
        string[] found = [.. patterns.Where(static pattern => IsRegistry(pattern.Host))
            .Select(static pattern => Origin.TextOf(pattern.Scheme, pattern.Host, pattern.Port))];
        return found.Length == 0 ? null : string.Join(", ", found);
    }

    private static bool IsRegistry(string host) =>
        host.Split('.') is ["*", var kind, { Length: 2 } country] && country.All(char.IsAsciiLetterLower) && Kinds.Contains(kind);
}
