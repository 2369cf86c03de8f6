namespace TokenKit;

/// <summary>The name under which a store keeps one secret.</summary>
/// <remarks>
/// The environment is part of the key, so that a token of Staging is never read by Production. Keys are compared ordinally.
/// A store must accept any characters in the three parts and must not confuse two keys that differ in any of them.
/// </remarks>
/// <param name="Environment">The environment name, such as <c>Production</c>.</param>
/// <param name="Name">The name of the secret; for a token set the token name, unless the definition says otherwise.</param>
/// <param name="Subject">Whose secret; empty where there is one.</param>
public readonly record struct SecretKey(string Environment, string Name, string Subject = "")
{
    /// <summary>Returns <c>environment/name</c>, or <c>environment/name/subject</c>.</summary>
    /// <returns>A text for messages; not an identifier, since parts may contain slashes.</returns>
    public override string ToString() => Subject.Length == 0 ? $"{Environment}/{Name}" : $"{Environment}/{Name}/{Subject}";
}
