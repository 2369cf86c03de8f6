using Microsoft.Extensions.DependencyInjection;
using TokenKit.Storage;
using TokenKit.Values;

namespace TokenKit.Tests;

/// <summary>Looks into the store of a host, as another instance would.</summary>
internal static class StoredTokens
{
    public static readonly SecretKey Key = new("Production", TokenHost.Name) { Kind = SecretKind.TokenSet };

    public static async Task<TokenSet?> StoredAsync(this TokenHost host, ISecretStore? store = null) =>
        (await new TokenSetStore(store ?? host.StoreOf(), host.Time).ReadAsync(Key, default))?.Set;

    /// <summary>Stores one token set and nothing beside it, as another instance would.</summary>
    public static async Task<SecretWriteResult> WriteAsync(
        this TokenSetStore store, SecretKey key, TokenSet set, SecretCondition condition, CancellationToken cancellationToken)
    {
        // A writer without a lease changes no number.
        var written = condition.Kind is SecretConditionKind.WrittenBefore
            ? new WriteOrder(condition.Number, condition.Sequence)
            : await store.ReadAsync(key, cancellationToken) is { } stored ? new WriteOrder(stored.WrittenEpoch, stored.WrittenSequence) : default;
        return await store.WriteAsync(key, TokenRecord.Of(set, written), condition, cancellationToken);
    }

    /// <summary>Waits until nothing is left to be written: the lease can be had again.</summary>
    public static async Task WritesSettleAsync(this TokenHost host, IRefreshLeaseProvider leases)
    {
        for (var turn = 0; ; turn++)
        {
            if (await leases.TryTakeAsync(Key, TimeSpan.FromSeconds(1)) is { } lease)
            {
                await lease.ReleaseAsync(lease.State);
                return;
            }

            if (turn > 10_000)
            {
                throw new TimeoutException("The unsaved token set was not settled: its lease is still held.");
            }

            await Task.Yield();
        }
    }

    public static ISecretStore StoreOf(this TokenHost host) =>
        host.Services.GetKeyedService<ISecretStore>(TokenHost.Name) ?? host.Services.GetRequiredService<ISecretStore>();

    /// <summary>Gives the host this store in the place of the one in memory.</summary>
    public static void AddStore<T>(this IServiceCollection services, T store)
        where T : class, ISecretStore, IRefreshLeaseProvider
    {
        services.AddKeyedSingleton<ISecretStore>(TokenHost.Name, store);
        services.AddKeyedSingleton<IRefreshLeaseProvider>(TokenHost.Name, store);
    }
}
