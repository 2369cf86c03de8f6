using Microsoft.Extensions.Logging;
using TokenKit.Definitions;
using TokenKit.Source;
using TokenKit.Storage;
using TokenKit.Values;

namespace TokenKit;

/// <summary>What this process knows of one stored token, read again when it is too old.</summary>
internal sealed class StoredTokenWatch(
    TokenKey key, IDefinitionSource definitions, TokenFlights flights, TokenSetStore store, SecretKeys keys, TimeProvider time, ILogger logger)
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
        // One that served its callers and was not kept, or was forgotten meanwhile, is not the current one.
        var now = ClockReading.Now(time);
        if (Held() is { } held && ReferenceEquals(held.Token, token) && token.Life.At(now) is not Freshness.Expired)
        {
            lock (_gate)
            {
                _known = OpeningTokens.AfterRefresh(_known, Of(held.Token, held.Written, now), now.Timestamp);
            }
        }
    }

    public void Dispose() => _reading.Dispose();

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
            var begun = time.GetTimestamp();
            var stored = await store.ReadAsync(keys.For(definitions.Current, key), both.Token).ConfigureAwait(false);
            _outage = null;
            lock (_gate)
            {
                var now = ClockReading.Now(time);
                return _known = OpeningTokens.AfterReading(_known, Newest(stored, now), begun, now);
            }
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
    private OpeningToken? Newest(StoredTokenSet? stored, ClockReading now)
    {
        // Of a record that other registrations use as well, only this one's tokens open.
        if (stored?.Record.NewestOf(key.Name) is not { Set: { AccessToken: { } token } set, Written: var written })
        {
            return null;
        }

        return Held() is { } held && held.Written.CompareTo(written) > 0 && held.Token.Life.At(now) is not Freshness.Expired
            ? Of(held.Token, held.Written, now)
            : new OpeningToken(TokenDigest.Of(token.Reveal()), written, Before(stored.ReadAt, stored.ReadAt.Utc - set.ObtainedAt), stored.LifeOf(set, time), set.Marks.Token);
    }

    // Calls may carry a token that another registration of the record obtained. It opens what that one guards.
    private (AccessToken Token, WriteOrder Written)? Held() =>
        flights.Find(key.Subject)?.Held is { } held && held.Token.Set.Marks.IsOf(key.Name) ? held : null;

    private OpeningToken Of(AccessToken token, WriteOrder written, ClockReading now)
    {
        // Its end was put on the monotonic clock when it came, and stays there when the wall clock is set.
        var life = token.Life;
        var obtainedAt = life.ExpiryTimestamp == long.MaxValue
            ? Before(now, now.Utc - token.ObtainedAt)
            : life.ExpiryTimestamp - Ticks(token.Set.Lifetime);
        return new OpeningToken(TokenDigest.Of(token.Reveal()), written, obtainedAt, life, token.Set.Marks.Token);
    }

    private long Before(ClockReading reading, TimeSpan age) => reading.Timestamp - Ticks(age);

    private long Ticks(TimeSpan span) => (long)(span.TotalSeconds * time.TimestampFrequency);

    private sealed record Outage(ClockReading At);
}
