using Microsoft.Extensions.DependencyInjection;
using TokenKit.Definitions;

namespace TokenKit.DependencyInjection;

/// <summary>Checks that the signers and assertion sources which definitions name are registered.</summary>
internal static class DefinitionNeeds
{
    public static IEnumerable<string> Faults(TokenDefinition definition, IServiceProvider provider)
    {
        var exchanges = new[] { definition.Request, definition.RefreshRequest, definition.Seed?.CodeExchange }
            .OfType<ExchangeDefinition>()
            .SelectMany(static exchange => exchange.EarlierSteps.Append(exchange))
            .ToArray();
        foreach (var signer in exchanges.Select(static exchange => exchange.Sign).Append(definition.Placement.Sign).OfType<string>().Distinct(StringComparer.Ordinal))
        {
            if (provider.GetKeyedService<IRequestSigner>(signer) is null)
            {
                yield return $"The definition of the token '{definition.Name}' is signed by '{signer}', and no IRequestSigner is registered under that key: services.AddKeyedSingleton<IRequestSigner, …>(\"{signer}\").";
            }
        }

        var assertions = exchanges.SelectMany(static exchange => exchange.References).Concat(definition.Placement.References)
            .Where(static reference => reference is { Root: "assertion", Member: not null })
            .Select(static reference => reference.Member!) // the line before says so
            .Distinct(StringComparer.Ordinal);
        foreach (var assertion in assertions)
        {
            if (provider.GetKeyedService<IAssertionSource>(assertion) is null)
            {
                yield return $"The definition of the token '{definition.Name}' reads assertion.{assertion}, and no IAssertionSource is registered under that key: services.AddKeyedSingleton<IAssertionSource, …>(\"{assertion}\").";
            }
        }
    }
}
