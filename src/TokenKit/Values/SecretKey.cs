namespace TokenKit;

/// <summary>The name under which a store keeps one secret or token set.</summary>
/// <remarks>
/// The environment is part of the key, so that a token of Staging is never read by Production. Keys are compared ordinally.
/// A store must accept any characters in the three texts and must not confuse two keys that differ in any of them, or in
/// <see cref="Kind"/> alone.
/// </remarks>
/// <param name="Environment">The environment name, such as <c>Production</c>.</param>
/// <param name="Name">The name of the secret; for a token set the token name, unless the definition says otherwise.</param>
/// <param name="Subject">Whose secret; empty where there is one.</param>
public readonly record struct SecretKey(string Environment, string Name, string Subject = "")
{
    /// <summary>
    /// What is stored under the key; <see cref="SecretKind.Secret"/> by default. The secret <c>crm</c> and the token set of the
    /// registration <c>crm</c> are two records.
    /// </summary>
    public SecretKind Kind { get; init; } = SecretKind.Secret;

    /// <summary>Returns <c>environment/name</c> or <c>environment/name/subject</c>, for a token set followed by <c>(token set)</c>.</summary>
    /// <returns>A text for messages; not an identifier, since parts may contain slashes.</returns>
    public override string ToString()
    {
        var path = Subject.Length == 0 ? $"{Environment}/{Name}" : $"{Environment}/{Name}/{Subject}";
        return Kind is SecretKind.TokenSet ? $"{path} (token set)" : path;
    }
}
