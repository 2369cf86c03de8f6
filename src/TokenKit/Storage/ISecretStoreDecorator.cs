namespace TokenKit;

/// <summary>A store around another one, whose capabilities are not lost behind it.</summary>
/// <remarks>
/// What a decorator is not itself, its inner store is asked for: <see cref="ISecretCatalog"/> and <see cref="ISecretChanges"/>, which
/// have nothing to do with values.
/// </remarks>
public interface ISecretStoreDecorator
{
    /// <summary>The store that it is around.</summary>
    ISecretStore Inner { get; }
}
