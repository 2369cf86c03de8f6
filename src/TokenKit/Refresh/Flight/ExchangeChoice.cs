namespace TokenKit;

/// <summary>Which of the two exchanges a refresh uses. Pure.</summary>
internal static class ExchangeChoice
{
    /// <returns><see langword="null"/> when neither can be made.</returns>
    public static ExchangeDefinition? For(TokenDefinition definition, TokenSet? stored)
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
        foreach (var reference in exchange.References)
        {
            var isThere = reference switch
            {
                { Root: "token", Member: "refresh" } => stored?.RefreshToken is not null,
                { Root: "token", Member: "access" } => stored?.AccessToken is not null,
                _ => true,
            };
            if (!isThere)
            {
                return false;
            }
        }

        return true;
    }
}
