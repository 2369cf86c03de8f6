using System.Collections.Concurrent;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using TokenKit.Definitions;
using TokenKit.DependencyInjection;
using TokenKit.Source;
using TokenKit.Source.Telemetry;
using TokenKit.Storage;
using TokenKit.Values;

namespace TokenKit;

/// <summary>Judges presented tokens by what is stored. One for the application; what it knows is kept for each token key.</summary>
internal sealed class AcceptedTokens : IDisposable
{
    private readonly ConcurrentDictionary<TokenKey, StoredTokenWatch> _watches = new();
    private readonly IServiceProvider _services;
    private readonly RefreshTelemetry? _telemetry;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;

    public AcceptedTokens(IServiceProvider services, ILogger logger)
    {
        _services = services;
        _time = services.GetService<TimeProvider>() ?? TimeProvider.System;
        _logger = logger;

        // There is none without a registered token, and that is said where a token is looked for.
        _telemetry = services.GetService<RefreshTelemetry>();
        if (_telemetry is not null)
        {
            _telemetry.RefreshEnded += Observe;
        }
    }

    /// <summary>Begins to follow the token of a scheme.</summary>
    /// <exception cref="InvalidOperationException">No such token is registered.</exception>
    public void Follow(StoredTokenOptions options) => WatchOf(options);

    public async ValueTask<TokenVerdict> JudgeAsync(StoredTokenOptions options, string token, CancellationToken cancellationToken)
    {
        var watch = WatchOf(options);
        var presented = TokenDigest.Of(token);
        var known = await watch.ReadAsync(options.StoreCheckInterval, cancellationToken).ConfigureAwait(false);
        if (known is null && !(options.AcceptDuringStoreOutage && watch.LastKnown is not null))
        {
            return TokenVerdict.StoreUnavailable;
        }

        known ??= watch.LastKnown!;
        if (known.Opens(presented, ClockReading.Now(_time), options.Overlap, _time))
        {
            return TokenVerdict.Accepted;
        }

        // Another machine may have refreshed a moment ago.
        known = await watch.ReadAsync(StoredTokenWatch.ShortestInterval, cancellationToken).ConfigureAwait(false) ?? known;
        return known.Opens(presented, ClockReading.Now(_time), options.Overlap, _time) ? TokenVerdict.Accepted : TokenVerdict.Refused;
    }

    public void Dispose()
    {
        if (_telemetry is not null)
        {
            _telemetry.RefreshEnded -= Observe;
        }

        foreach (var watch in _watches.Values)
        {
            watch.Dispose();
        }
    }

    private StoredTokenWatch WatchOf(StoredTokenOptions options) =>
        _watches.GetOrAdd(new TokenKey(options.TokenName, options.Subject), Watch);

    private void Observe(RefreshResult result)
    {
        if (result.Token is { } token && _watches.TryGetValue(result.Key, out var watch))
        {
            watch.Observe(token);
        }
    }

    private StoredTokenWatch Watch(TokenKey key)
    {
        var definitions = _services.GetKeyedService<IDefinitionSource>(key.Name) ?? throw new InvalidOperationException(
            $"A scheme added by AddStoredToken accepts token '{key.Name}', and {TokenNames.Of(_services).Unknown(key.Name, "StoredTokenOptions.TokenName")}");
        return new StoredTokenWatch(
            key,
            definitions,
            _services.GetRequiredKeyedService<TokenComposition>(key.Name).Flights,
            new TokenSetStore(_services.GetRequiredService<StoreChoice>().For(key.Name, definitions.Current).Store, _time),
            new SecretKeys(_services.GetRequiredService<TokenKitEnvironment>().Name),
            _time,
            _logger);
    }
}
