using Microsoft.AspNetCore.Authorization;
using Microsoft.Extensions.Options;

namespace TokenKit;

/// <summary>Decides by what is granted, and refuses to change what is locked.</summary>
internal sealed class TokenPermissionHandler(IOptionsMonitor<TokenPermissionOptions> permissions, LockedTokens locked)
    : AuthorizationHandler<TokenPermission>
{
    protected override async Task HandleRequirementAsync(AuthorizationHandlerContext context, TokenPermission requirement)
    {
        if (!permissions.CurrentValue.Grants(requirement, context.User))
        {
            return;
        }

        var key = context.Resource is TokenKey resource && resource.Name == requirement.TokenName
            ? resource
            : new TokenKey(requirement.TokenName);
        if (requirement.Operation is not TokenOperation.Read && await locked.ContainAsync(key).ConfigureAwait(false))
        {
            context.Fail(new AuthorizationFailureReason(this, $"The secret of '{key}' is locked."));
            return;
        }

        context.Succeed(requirement);
    }
}
