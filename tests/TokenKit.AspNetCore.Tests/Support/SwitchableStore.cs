using System.Collections.Concurrent;
using System.Globalization;
using TokenKit.Storage;
using TokenKit.Testing;

namespace TokenKit.Tests;

/// <summary>A store in memory that can go away, be locked, and lists what it holds.</summary>
internal sealed class SwitchableStore : ISecretStore, IRefreshLeaseProvider, ISecretCatalog
{
    private readonly ConcurrentDictionary<SecretKey, (DateTimeOffset At, TimeSpan? DueIn, TimeSpan? ExpiresIn)> _listed = new();
    private readonly InMemorySecretStore _inner;
    private int _reads;
    private int _listings;

    public SwitchableStore() => _inner = new InMemorySecretStore(Time);

    /// <summary>Its clock, to be the host's as well.</summary>
    public ManualTimeProvider Time { get; } = new();

    public bool IsAway { get; set; }

    public bool IsLocked { get; set; }

    /// <summary>Whether what is written does not arrive, while everything else works.</summary>
    public bool RefusesWrites { get; set; }

    public int Reads => Volatile.Read(ref _reads);

    /// <summary>How often it was asked for the first page of what it holds.</summary>
    public int Listings => Volatile.Read(ref _listings);

    /// <summary>Runs once, when what is listed next has been read and is on its way.</summary>
    public Func<Task>? AfterListing { get; set; }

    public async ValueTask<SecretPage> ListAsync(SecretQuery query, CancellationToken cancellationToken = default)
    {
        ThrowIfAway();
        _listings += query.Continuation is null ? 1 : 0;
        var skip = query.Continuation is null ? 0 : int.Parse(query.Continuation, CultureInfo.InvariantCulture);
        var now = Time.GetUtcNow();
        var all = _listed.Where(listed => listed.Key.Environment == query.Environment && listed.Key.Name.StartsWith(query.NamePrefix, StringComparison.Ordinal))
            .Where(listed => query.Kind is null || listed.Key.Kind == query.Kind)
            .Select(listed => new SecretListing { Key = listed.Key, Version = 1, DueIn = listed.Value.DueIn - (now - listed.Value.At), ExpiresIn = listed.Value.ExpiresIn - (now - listed.Value.At) })
            .OrderBy(static listing => listing.DueIn ?? TimeSpan.MaxValue).ThenBy(static listing => listing.Key.Subject, StringComparer.Ordinal).ToList();
        var page = all.Skip(skip).Take(query.PageSize).ToList();
        var end = skip + page.Count;
        if (AfterListing is { } after)
        {
            AfterListing = null;
            await after();
        }

        return new SecretPage { Secrets = page, Continuation = end < all.Count ? end.ToString(CultureInfo.InvariantCulture) : null };
    }

    public async ValueTask<SecretEntry?> GetAsync(SecretKey key, CancellationToken cancellationToken = default)
    {
        Interlocked.Increment(ref _reads);
        ThrowIfAway();
        return await _inner.GetAsync(key, cancellationToken) is { } entry ? entry with { IsLocked = IsLocked } : null;
    }

    public ValueTask<SecretWriteResult> SetAsync(SecretKey key, SecretWrite write, CancellationToken cancellationToken = default) =>
        Write(key, write, () => _inner.SetAsync(key, write, cancellationToken));

    private ValueTask<SecretWriteResult> Write(SecretKey key, SecretWrite write, Func<ValueTask<SecretWriteResult>> done)
    {
        ThrowIfAway();
        if (RefusesWrites)
        {
            throw new IOException("The disk of the database is full.");
        }

        _listed[key] = (Time.GetUtcNow(), write.DueIn, write.ExpiresIn);
        return done();
    }

    public ValueTask<bool> RemoveAsync(SecretKey key, SecretCondition condition, CancellationToken cancellationToken = default)
    {
        ThrowIfAway();
        _listed.TryRemove(key, out _);
        return _inner.RemoveAsync(key, condition, cancellationToken);
    }

    public async ValueTask<LeaseAnswer> TryAcquireAsync(SecretKey key, LeaseRequest request, CancellationToken cancellationToken = default)
    {
        ThrowIfAway();
        return IsLocked && await _inner.GetAsync(key, cancellationToken) is { } locked
            ? LeaseAnswer.Changed(locked with { IsLocked = true })
            : (await _inner.TryAcquireAsync(key, request, cancellationToken)).With(lease => new SwitchableLease(this, key, lease), static entry => entry);
    }

    public ValueTask<long> AdvanceEpochAsync(SecretKey key, CancellationToken cancellationToken = default)
    {
        ThrowIfAway();
        return _inner.AdvanceEpochAsync(key, cancellationToken);
    }

    private void ThrowIfAway()
    {
        if (IsAway)
        {
            throw new IOException("The database is away.");
        }
    }

    private sealed class SwitchableLease(SwitchableStore store, SecretKey key, RefreshLease inner) : ForwardedLease(inner)
    {
        public override ValueTask<SecretWriteResult> WriteAsync(
            SecretWrite write, RefreshState? stateToLeave, CancellationToken cancellationToken = default) =>
            store.Write(key, write, () => Inner.WriteAsync(write, stateToLeave, cancellationToken));
    }
}
