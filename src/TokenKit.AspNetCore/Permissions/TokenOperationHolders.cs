namespace TokenKit;

/// <summary>Who may do what with the tokens of one name.</summary>
public sealed class TokenOperationHolders
{
    /// <summary>Who may see the state; those who may update or seed may, too.</summary>
    public TokenPermissionHolders Read { get; } = new();

    /// <summary>Who may refresh.</summary>
    public TokenPermissionHolders Update { get; } = new();

    /// <summary>Who may put in a refresh token, give consent, or have what is stored forgotten.</summary>
    public TokenPermissionHolders Seed { get; } = new();

    internal IEnumerable<TokenPermissionHolders> HoldersOf(TokenOperation operation) => operation switch
    {
        TokenOperation.Read => [Read, Update, Seed],
        TokenOperation.Update => [Update],
        _ => [Seed],
    };
}
