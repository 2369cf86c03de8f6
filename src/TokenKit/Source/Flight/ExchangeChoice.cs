using System.Collections.Immutable;
using TokenKit.Definitions;
using TokenKit.Language.Expressions;

namespace TokenKit.Source.Flight;

/// <summary>Which of the two exchanges a refresh uses. Pure.</summary>
internal static class ExchangeChoice
{
    /// <returns><see langword="null"/> when neither can be made.</returns>
    /// <remarks>Code that sends the requests is given all that is stored, whichever exchange it stands in for.</remarks>
    public static ExchangeDefinition? For(TokenDefinition definition, TokenSet? stored)
    {
        var chosen = Choose(definition, stored);
        return definition.IsRequestedByCode && stored?.RefreshToken is not null && chosen is not null
            ? chosen with { SendsStoredToken = true, SendsRefreshToken = true }
            : chosen;
    }

    private static ExchangeDefinition? Choose(TokenDefinition definition, TokenSet? stored)
    {
        if (definition.RefreshRequest is { } refresh && HasWhatItReads(refresh, stored))
        {
            return refresh;
        }

        var mayRequest = definition.RefreshRequest is null || definition.RequestWhen is not RequestWhen.Never;
        return mayRequest ? definition.Request : null;
    }

    private static bool HasWhatItReads(ExchangeDefinition exchange, TokenSet? stored)
    {
        // Exchanges that are not compiled, in tests, say only what they read.
        var read = exchange.Sent.IsEmpty ? exchange.References : exchange.Sent;
        var tokens = read.Where(static reference => reference is { Root: "token", Member: "refresh" or "access" }).ToImmutableArray();
        var needed = exchange.Sent.IsEmpty ? tokens : [.. tokens.Where(reference => exchange.Needs.Contains(reference))];
        return needed.All(reference => IsThere(reference, stored)) && (tokens.IsEmpty || tokens.Any(reference => IsThere(reference, stored)));
    }

    private static bool IsThere(ExpressionReference reference, TokenSet? stored) =>
        reference.Member == "refresh" ? stored?.RefreshToken is not null : stored?.AccessToken is not null;
}
