using Microsoft.Extensions.Logging;
using TokenKit.Definitions;
using TokenKit.Diagnostics;
using TokenKit.Values;

namespace TokenKit.DependencyInjection;

/// <summary>Says, once for each registration, what works and is unwise.</summary>
internal static class DefinitionWarnings
{
    public static void Report(ILogger logger, TokenDefinition definition, TokenKitEnvironment environment)
    {
        if (!environment.IsDevelopment && !definition.PlainSecrets.IsEmpty)
        {
            logger.PlainSecrets(definition.Name, string.Join(", ", definition.PlainSecrets), environment.Name);
        }

        var query = definition.Placement.Query.Where(HoldsToken).Select(static field => field.Name).ToArray();
        if (query.Length > 0)
        {
            logger.TokenInQuery(definition.Name, string.Join(", ", query));
        }

        if (definition.Placement.Headers.Any(static field => field.Name.Equals("Cookie", StringComparison.OrdinalIgnoreCase) && HoldsToken(field)))
        {
            logger.TokenInCookie(definition.Name);
        }

        foreach (var (path, origins) in PublicNames.AllowedBy(definition))
        {
            logger.RegistryAllowed(path, definition.Name, origins);
        }
    }

    private static bool HoldsToken(PlacedField field) =>
        field.Value.Any(static template => template.References.Any(static reference => reference.Root is "token" or "tokens" or "jwt"));
}
