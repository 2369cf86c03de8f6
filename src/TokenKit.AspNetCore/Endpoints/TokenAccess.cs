using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace TokenKit;

/// <summary>Whether a caller may.</summary>
internal enum Access
{
    Granted,

    /// <summary>No, and the caller learns no more than if there were no such token.</summary>
    Refused,

    /// <summary>The caller may, and the secret is locked.</summary>
    Locked,
}

/// <summary>Asks the permissions, where they were granted by <c>AddTokenPermissions</c>; else the endpoints' own policy has decided already.</summary>
internal sealed class TokenAccess(TokenViews states, LockedTokens locked, bool hasPermissions)
{
    public bool HasPermissions => hasPermissions;

    public async ValueTask<Access> OfAsync(HttpContext context, TokenKey key, TokenOperation operation)
    {
        if (!states.Knows(key.Name))
        {
            return Access.Refused;
        }

        if (!hasPermissions)
        {
            return operation is not TokenOperation.Read && await locked.ContainAsync(key, context.RequestAborted).ConfigureAwait(false)
                ? Access.Locked
                : Access.Granted;
        }

        var result = await context.RequestServices.GetRequiredService<IAuthorizationService>()
            .AuthorizeAsync(context.User, key, new TokenPermission(key.Name, operation)).ConfigureAwait(false);
        return result switch
        {
            { Succeeded: true } => Access.Granted,
            { Failure.FailureReasons: var reasons } when reasons.Any(static reason => reason.Handler is TokenPermissionHandler) => Access.Locked,
            _ => Access.Refused,
        };
    }

    public async ValueTask<bool> MayAsync(HttpContext context, TokenKey key, TokenOperation operation) =>
        await OfAsync(context, key, operation).ConfigureAwait(false) is Access.Granted;

    /// <summary>The names whose state a caller may see.</summary>
    public async ValueTask<IReadOnlyList<string>> ReadableAsync(HttpContext context)
    {
        List<string> names = [];
        foreach (var name in states.Names)
        {
            if (await MayAsync(context, new TokenKey(name), TokenOperation.Read).ConfigureAwait(false))
            {
                names.Add(name);
            }
        }

        return names;
    }
}
