using System.Collections.Concurrent;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace TokenKit;

/// <summary>Judges presented tokens by what is stored. One for the application; what it knows is kept for each token key.</summary>
internal sealed class AcceptedTokens(IServiceProvider services, TimeProvider time, ILogger<AcceptedTokens> logger)
    : IDisposable
{
    private readonly ConcurrentDictionary<TokenKey, StoredTokenWatch> _watches = new();

    public async ValueTask<TokenVerdict> JudgeAsync(StoredTokenOptions options, string token, CancellationToken cancellationToken)
    {
        var watch = _watches.GetOrAdd(new TokenKey(options.TokenName, options.Subject), Watch);
        var presented = TokenDigest.Of(token);
        var known = await watch.ReadAsync(options.StoreCheckInterval, cancellationToken).ConfigureAwait(false);
        if (known is null && !(options.AcceptDuringStoreOutage && watch.LastKnown is not null))
        {
            return TokenVerdict.StoreUnavailable;
        }

        known ??= watch.LastKnown!;
        if (known.Opens(presented, ClockReading.Now(time), options.Overlap))
        {
            return TokenVerdict.Accepted;
        }

        // Another machine may have refreshed a moment ago.
        known = await watch.ReadAsync(StoredTokenWatch.ShortestInterval, cancellationToken).ConfigureAwait(false) ?? known;
        return known.Opens(presented, ClockReading.Now(time), options.Overlap) ? TokenVerdict.Accepted : TokenVerdict.Refused;
    }

    public void Dispose()
    {
        foreach (var watch in _watches.Values)
        {
            watch.Dispose();
        }
    }

    private StoredTokenWatch Watch(TokenKey key)
    {
        var definitions = services.GetKeyedService<IDefinitionSource>(key.Name) ?? throw new InvalidOperationException(
            $"A scheme added by AddStoredToken lets in who carries the token '{key.Name}', which is not registered. Call AddTokenRefresh(\"{key.Name}\", …), or set StoredTokenOptions.TokenName.");
        return new StoredTokenWatch(
            key,
            definitions,
            services.GetRequiredKeyedService<ITokenSource>(key.Name),
            new TokenSetStore(services.GetRequiredService<StoreChoice>().For(key.Name, definitions.Current).Store, time),
            new SecretKeys(services.GetRequiredService<TokenKitEnvironment>().Name),
            time,
            logger);
    }
}
