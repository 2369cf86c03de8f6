using Microsoft.Extensions.Logging;

namespace TokenKit;

/// <summary>What this process knows of one stored token, read again when it is too old.</summary>
internal sealed class StoredTokenWatch(
    TokenKey key, IDefinitionSource definitions, ITokenSource source, TokenSetStore store, SecretKeys keys, TimeProvider time, ILogger logger)
    : IDisposable
{
    /// <summary>Between two readings, however many unknown tokens arrive: a flood of them must not become one on the store.</summary>
    public static readonly TimeSpan ShortestInterval = TimeSpan.FromMilliseconds(100);

    private static readonly TimeSpan OutageInterval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan ReadTimeout = TimeSpan.FromSeconds(5);

    private readonly SemaphoreSlim _reading = new(1, 1);
    private readonly Lock _gate = new();
    private volatile OpeningTokens? _known;
    private volatile Outage? _outage;

    /// <summary>What was last read, however long ago.</summary>
    public OpeningTokens? LastKnown => _known;

    /// <summary>What opens, read from the store unless that was done within <paramref name="maxAge"/>.</summary>
    /// <returns><see langword="null"/> when the store cannot be read.</returns>
    public async ValueTask<OpeningTokens?> ReadAsync(TimeSpan maxAge, CancellationToken cancellationToken)
    {
        if (Known(maxAge) is { } answer)
        {
            return answer.Tokens;
        }

        await _reading.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            // Whoever read meanwhile read for all who waited.
            return Known(maxAge) is { } news ? news.Tokens : await ReadStoreAsync(cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _reading.Release();
        }
    }

    /// <summary>
    /// Takes note of a token that a refresh of this process brought, so that the one before is known though nobody came with it.
    /// What is accepted is still read from the store.
    /// </summary>
    public void Observe(AccessToken token)
    {
        if (token.Life.At(ClockReading.Now(time)) is not Freshness.Expired)
        {
            See(new OpeningToken(TokenDigest.Of(token.Reveal()), token.ObtainedAt, token.Life), readAt: null);
        }
    }

    public void Dispose() => _reading.Dispose();

    private OpeningTokens See(OpeningToken? current, ClockReading? readAt)
    {
        lock (_gate)
        {
            return _known = OpeningTokens.After(_known, current, readAt ?? _known?.ReadAt ?? default);
        }
    }

    // A struct around a null: an outage that is still remembered is an answer, too.
    private (OpeningTokens? Tokens, bool _)? Known(TimeSpan maxAge)
    {
        var now = ClockReading.Now(time);
        if (_outage is { } outage)
        {
            return now.ElapsedSince(outage.At, time) < OutageInterval ? (null, true) : null;
        }

        return _known is { } known && now.ElapsedSince(known.ReadAt, time) < maxAge ? (known, true) : null;
    }

    private async ValueTask<OpeningTokens?> ReadStoreAsync(CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(ReadTimeout, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        try
        {
            var stored = await store.ReadAsync(keys.For(definitions.Current, key), both.Token).ConfigureAwait(false);
            var now = ClockReading.Now(time);
            _outage = null;
            return See(Newest(stored), now);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The caller went away, which says nothing about the store.
            throw;
        }
        catch (Exception exception)
        {
            // Stores are other people's code and may throw anything; here all of it means that nobody can be let in.
            _outage = new Outage(ClockReading.Now(time));
            logger.InboundStoreUnavailable(key, exception);
            return null;
        }
    }

    // A token that this process obtained and could not store yet is the current one all the same.
    private OpeningToken? Newest(StoredTokenSet? stored)
    {
        if (stored is not { Set: { AccessToken: { } token } set })
        {
            return null;
        }

        return source.TryGetCached(out var held, key.Subject) && held.ObtainedAt > set.ObtainedAt
            ? new OpeningToken(TokenDigest.Of(held.Reveal()), held.ObtainedAt, held.Life)
            : new OpeningToken(TokenDigest.Of(token.Reveal()), set.ObtainedAt, stored.Life(time));
    }

    private sealed record Outage(ClockReading At);
}
