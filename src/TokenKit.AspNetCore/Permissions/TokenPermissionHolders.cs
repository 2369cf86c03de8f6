using System.Security.Claims;

namespace TokenKit;

/// <summary>Who has a permission: any of these is enough.</summary>
public sealed class TokenPermissionHolders
{
    /// <summary>Roles, compared as the identity compares them; none by default.</summary>
    public IList<string> Roles { get; } = [];

    /// <summary>Claims, type and value, compared ordinally; none by default.</summary>
    public IList<Claim> Claims { get; } = [];

    /// <summary>
    /// Service accounts by client id; none by default. A caller is one when its <c>client_id</c> or <c>azp</c> claim is this and
    /// no person stands behind it: <c>sub</c>, where there is one, is the client itself (RFC 9068 section 5). A request let in by
    /// <c>AddStoredToken</c> is the service account of its token name.
    /// </summary>
    public IList<string> ServiceAccounts { get; } = [];

    internal bool Include(ClaimsPrincipal user) =>
        Roles.Any(user.IsInRole)
        || Claims.Any(claim => user.HasClaim(held => held.Type == claim.Type && held.Value == claim.Value))
        || (ServiceAccounts.Count > 0 && ServiceAccountOf(user) is { } account && ServiceAccounts.Contains(account));

    private static string? ServiceAccountOf(ClaimsPrincipal user)
    {
        var client = user.FindFirst("client_id")?.Value ?? user.FindFirst("azp")?.Value;
        var subject = user.FindFirst("sub")?.Value ?? user.FindFirst(ClaimTypes.NameIdentifier)?.Value;
        return subject is null || subject == client ? client : null;
    }
}
