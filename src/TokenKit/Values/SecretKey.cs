using TokenKit.Values;

namespace TokenKit;

/// <summary>The name under which a store keeps one secret or token set.</summary>
/// <remarks>
/// The environment is part of the key, so that a token of Staging is never read by Production. Keys are compared ordinally.
/// A store must accept any characters in the three texts and must not confuse two keys that differ in any of them, or in
/// <see cref="Kind"/> alone.
/// </remarks>
public readonly record struct SecretKey
{
    /// <summary>Makes the key of a secret; that of a token set has another <see cref="Kind"/>.</summary>
    /// <param name="environment">The environment name, such as <c>Production</c>.</param>
    /// <param name="name">The name of the secret; for a token set the token name, unless the definition says otherwise.</param>
    /// <param name="subject">Whose secret; empty where there is one.</param>
    public SecretKey(string environment, string name, string subject = "")
    {
        ArgumentNullException.ThrowIfNull(environment);
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(subject);
        (Environment, Name, Subject) = (environment, name, subject);
    }

    /// <summary>The environment name, such as <c>Production</c>.</summary>
    public string Environment
    {
        get => field ?? "";
        init => field = KeyPart.Kept(value);
    }

    /// <summary>The name of the secret; for a token set the token name, unless the definition says otherwise.</summary>
    public string Name
    {
        get => field ?? "";
        init => field = KeyPart.Kept(value);
    }

    /// <summary>Whose secret; empty where there is one.</summary>
    public string Subject
    {
        get => field ?? "";
        init => field = KeyPart.Kept(value);
    }

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
