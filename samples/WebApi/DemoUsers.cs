using System.Security.Cryptography;

namespace WebApi;

/// <summary>Two people, with a password made at each start.</summary>
public sealed class DemoUsers
{
    public string Password { get; } = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(6));

    /// <summary>The role of a user, where the password is right; each user is named like the role.</summary>
    public string? RoleOf(string user, string password) => password == Password && (user is "operator" or "reader") ? user : null;
}
