namespace TokenKit;

/// <summary>Makes the permissions for the tokens of one name.</summary>
/// <example>
/// <code>
/// app.MapPost("/orders/sync", Sync).RequireAuthorization(policy => policy.AddRequirements(TokenPermissions.Update("crm")));
/// </code>
/// </example>
public static class TokenPermissions
{
    /// <summary>To see the state. Whoever may update or seed may read as well.</summary>
    /// <param name="tokenName">The token name.</param>
    /// <returns>A requirement.</returns>
    /// <exception cref="ArgumentException"><paramref name="tokenName"/> is empty or blank.</exception>
    public static TokenPermission Read(string tokenName) => Make(tokenName, TokenOperation.Read);

    /// <summary>To refresh.</summary>
    /// <param name="tokenName">The token name.</param>
    /// <returns>A requirement.</returns>
    /// <exception cref="ArgumentException"><paramref name="tokenName"/> is empty or blank.</exception>
    public static TokenPermission Update(string tokenName) => Make(tokenName, TokenOperation.Update);

    /// <summary>To put in a refresh token, to give consent, or to have what is stored forgotten.</summary>
    /// <param name="tokenName">The token name.</param>
    /// <returns>A requirement.</returns>
    /// <exception cref="ArgumentException"><paramref name="tokenName"/> is empty or blank.</exception>
    public static TokenPermission Seed(string tokenName) => Make(tokenName, TokenOperation.Seed);

    private static TokenPermission Make(string tokenName, TokenOperation operation)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(tokenName);
        return new TokenPermission(tokenName, operation);
    }
}
