using Microsoft.AspNetCore.Authorization;

namespace TokenKit;

/// <summary>The permission to do something with the tokens of one name: a requirement for policies and resource checks.</summary>
/// <remarks>
/// Made by <see cref="TokenPermissions"/> and granted by <c>AddTokenPermissions</c>. The resource, where one is given, is the
/// <see cref="TokenKey"/>. A locked secret refuses <see cref="TokenOperation.Update"/> and <see cref="TokenOperation.Seed"/>
/// to everyone. Immutable.
/// </remarks>
public sealed class TokenPermission : IAuthorizationRequirement
{
    internal TokenPermission(string tokenName, TokenOperation operation)
    {
        TokenName = tokenName;
        Operation = operation;
    }

    /// <summary>The token name.</summary>
    public string TokenName { get; }

    /// <summary>What may be done.</summary>
    public TokenOperation Operation { get; }

    /// <summary>Returns operation and name.</summary>
    /// <returns>A text for messages.</returns>
    public override string ToString() => $"{Operation} token '{TokenName}'";
}
