using TokenKit.Definitions;
using TokenKit.Storage;

namespace TokenKit.Source;

/// <summary>The one list of parts: whatever runs a definition (a refresh, a check, a consent) gets the parts of its registration here.</summary>
internal interface IRegistrationParts
{
    /// <summary>The parts of a registration, with everything that was registered under its name.</summary>
    /// <param name="name">The token name.</param>
    /// <param name="definitions">The definition to run: the registration's own, or another in its place.</param>
    /// <param name="store">The store to run it over.</param>
    TokenParts Of(string name, IDefinitionSource definitions, ChosenStore store);

    /// <summary>Where the secrets that a definition names are looked up.</summary>
    ISecretResolver SecretsOf(string name, TokenDefinition definition);
}
