using TokenKit.Definitions;

namespace TokenKit.Storage;

/// <summary>Turns a token key into the key under which its token set is stored.</summary>
/// <param name="environment">The environment of this process, for definitions that name none.</param>
internal sealed class SecretKeys(string environment)
{
    public SecretKey For(TokenDefinition definition, TokenKey key) =>
        new(definition.Secret.Environment ?? environment, definition.Secret.Name, key.Subject) { Kind = SecretKind.TokenSet };
}
