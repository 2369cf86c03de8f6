using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using TokenKit.Definitions;
using TokenKit.Storage;
using TokenKit.Values;

namespace TokenKit.DependencyInjection;

/// <summary>
/// Chooses the store of a registration: the one registered under its name, else the application's own, else the shared one
/// in memory. Refuses what would lose a grant.
/// </summary>
internal sealed class StoreChoice(IServiceProvider provider, TokenKitEnvironment environment, TimeProvider time)
{
    /// <exception cref="InvalidOperationException">The choice cannot keep the promises; the message says what to call.</exception>
    public ChosenStore For(string name, TokenDefinition definition)
    {
        var store = StoreOf(name);
        RefuseLosingTheGrant(name, definition, store);

        // Lease and fenced write must agree, so they come from one object.
        if (store is not IRefreshLeaseProvider leases)
        {
            throw new InvalidOperationException(
                $"The store of token '{name}', {store.GetType().Name}, gives no leases: it must implement IRefreshLeaseProvider as well, so that refreshes exclude each other and their writes are fenced.");
        }

        return new ChosenStore(store, leases, SecretsOf(definition, store));
    }

    /// <summary>Where the secrets of a definition are looked up, whatever it keeps its own token in.</summary>
    public ISecretResolver SecretsOf(string name, TokenDefinition definition) => SecretsOf(definition, StoreOf(name));

    /// <summary>The store that a registration keeps its record in.</summary>
    public ISecretStore StoreOf(string name) =>
        provider.GetKeyedService<ISecretStore>(name)
        ?? provider.GetService<ISecretStore>()
        ?? provider.GetRequiredService<InMemorySecretStore>();

    private SecretResolver SecretsOf(TokenDefinition definition, ISecretStore store) => new(
        store,
        new ConfigurationSecretStore(provider.GetService<IConfiguration>() ?? new ConfigurationBuilder().Build(), time),
        definition.Secret.Environment ?? environment.Name);

    // A refresh token that rotates exists once; in memory it is gone with the process, and a person must consent again.
    private void RefuseLosingTheGrant(string name, TokenDefinition definition, ISecretStore store)
    {
        if (store.As<InMemorySecretStore>() is not null
            && (definition.RefreshRequest is { CostsStoredToken: true } || definition is { IsRequestedByCode: true, Seed.RefreshToken.IsEmpty: false })
            && !environment.IsDevelopment
            && provider.GetKeyedService<InMemoryStoreIsIntended>(name) is null)
        {
            throw new InvalidOperationException(
                $"Token '{name}' is renewed by a refresh token, which would be kept in memory only and be lost with the process ({environment.Name}). " +
                "Call UseFileStore on its registration, or another store that survives; or write down UseInMemoryStore() if a restart may cost the grant.");
        }
    }
}
