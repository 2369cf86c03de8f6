using System.Security.Claims;

namespace TokenKit;

/// <summary>The permissions of all tokens. What is not granted is refused.</summary>
public sealed class TokenPermissionOptions
{
    /// <summary>Stands for every token name.</summary>
    public const string EveryToken = "*";

    private readonly Dictionary<string, TokenOperationHolders> _byName = new(StringComparer.Ordinal);

    /// <summary>Grants permissions for the tokens of one name, or of all by <see cref="EveryToken"/>. What stands in both counts.</summary>
    /// <param name="tokenName">The token name; not empty.</param>
    /// <param name="configure">Adds roles, claims and service accounts; called at once. A second call for a name adds to the first.</param>
    /// <returns>The same options.</returns>
    /// <exception cref="ArgumentException"><paramref name="tokenName"/> is empty or blank.</exception>
    public TokenPermissionOptions AddToken(string tokenName, Action<TokenOperationHolders> configure)
    {
        ArgumentNullException.ThrowIfNull(configure);
        configure(HoldersFor(tokenName));
        return this;
    }

    internal TokenOperationHolders HoldersFor(string tokenName)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(tokenName);
        return _byName.TryGetValue(tokenName, out var holders) ? holders : _byName[tokenName] = new TokenOperationHolders();
    }

    /// <summary>The token names that something was asked for.</summary>
    internal IEnumerable<string> Names => _byName.Keys.Where(static name => name != EveryToken);

    internal bool Grants(TokenPermission permission, ClaimsPrincipal user) =>
        Grants(permission.TokenName, permission.Operation, user) || Grants(EveryToken, permission.Operation, user);

    private bool Grants(string tokenName, TokenOperation operation, ClaimsPrincipal user) =>
        _byName.TryGetValue(tokenName, out var holders) && holders.HoldersOf(operation).Any(holder => holder.Include(user));
}
