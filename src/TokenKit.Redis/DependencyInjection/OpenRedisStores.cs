using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using StackExchange.Redis;

namespace TokenKit;

/// <summary>One store for each prefix of a connection, and one that seals for each of its protectors, whatever number of registrations name it.</summary>
internal sealed class OpenRedisStores
{
    private readonly Dictionary<(IConnectionMultiplexer Multiplexer, string Prefix), RedisSecretStore> _stores = [];
    private readonly Dictionary<(RedisSecretStore Store, ISecretProtector Protector), SealedSecretStore> _sealed = [];
    private readonly Lock _lock = new();

    public SealedSecretStore Open(IServiceProvider services, string name, Func<IServiceProvider, IConnectionMultiplexer?> findMultiplexer)
    {
        var options = services.GetRequiredService<IOptionsMonitor<RedisStoreOptions>>().Get(name);
        var multiplexer = findMultiplexer(services) ?? throw new InvalidOperationException(
            $"The token registration '{name}' keeps its secrets in Redis and no IConnectionMultiplexer is registered for it. Register one, under the service key that UseRedis names if it names one, or hand one to UseRedis.");
        var protector = services.GetKeyedService<ISecretProtector>(name) ?? services.GetService<ISecretProtector>()
            ?? throw new InvalidOperationException(
                $"The token registration '{name}' keeps its secrets in Redis and has nothing to seal them with. Add a call of UseAesGcm(key) to it, with 32 random bytes in base64 as 'openssl rand -base64 32' prints them.");
        lock (_lock)
        {
            if (!_stores.TryGetValue((multiplexer, options.KeyPrefix), out var store))
            {
                store = new RedisSecretStore(multiplexer, options, protector, services.GetService<ILoggerFactory>()?.CreateLogger(TokenKitDiagnostics.StorageLogCategory));
                _stores.Add((multiplexer, options.KeyPrefix), store);
            }

            if (!_sealed.TryGetValue((store, protector), out var sealing))
            {
                _sealed.Add((store, protector), sealing = SealedSecretStore.Around(store, protector));
            }

            return sealing;
        }
    }
}
