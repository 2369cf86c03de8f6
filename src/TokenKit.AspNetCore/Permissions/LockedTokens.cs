using Microsoft.Extensions.DependencyInjection;
using TokenKit.Definitions;
using TokenKit.DependencyInjection;
using TokenKit.Storage;
using TokenKit.Values;

namespace TokenKit;

/// <summary>Knows which tokens can be read and never written: by their definition, or because the store says so.</summary>
internal sealed class LockedTokens(IServiceProvider services, StoreChoice stores, TokenKitEnvironment environment)
{
    public async ValueTask<bool> ContainAsync(TokenKey key, CancellationToken cancellationToken = default)
    {
        if (services.GetKeyedService<IDefinitionSource>(key.Name)?.Current is not { } definition)
        {
            return false;
        }

        if (definition.Secret.Locked)
        {
            return true;
        }

        try
        {
            var secret = new SecretKeys(environment.Name).For(definition, key);
            var entry = await stores.For(key.Name, definition).Store.GetAsync(secret, cancellationToken).ConfigureAwait(false);
            return entry is { IsLocked: true };
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            // A store that cannot be read locks nothing: what is attempted next fails with the store's own reason, and the
            // write itself is refused by the store where the secret is locked.
            return false;
        }
    }
}
