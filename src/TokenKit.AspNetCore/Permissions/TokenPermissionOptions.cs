using System.Security.Claims;

namespace TokenKit;

/// <summary>The permissions of all tokens. What is not granted is refused.</summary>
public sealed class TokenPermissionOptions
{
    /// <summary>Stands for every token name.</summary>
    public const string EveryToken = "*";

    private readonly Dictionary<string, TokenGrantees> _byName = new(StringComparer.Ordinal);

    /// <summary>The grantees of one token name, or of all by <see cref="EveryToken"/>.</summary>
    /// <param name="tokenName">The token name; not empty.</param>
    /// <returns>The lists to add to. What stands in both counts.</returns>
    /// <exception cref="ArgumentException"><paramref name="tokenName"/> is empty or blank.</exception>
    public TokenGrantees For(string tokenName)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(tokenName);
        return _byName.TryGetValue(tokenName, out var grantees) ? grantees : _byName[tokenName] = new TokenGrantees();
    }

    internal bool Grants(TokenPermission permission, ClaimsPrincipal user) =>
        Grants(permission.TokenName, permission.Operation, user) || Grants(EveryToken, permission.Operation, user);

    private bool Grants(string tokenName, TokenOperation operation, ClaimsPrincipal user) =>
        _byName.TryGetValue(tokenName, out var grantees) && grantees.HoldersOf(operation).Any(holders => holders.Include(user));
}
