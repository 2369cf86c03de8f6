using TokenKit.Testing;

namespace TokenKit.Tests;

/// <summary>A store that several processes share and that can say what it holds, as a database does.</summary>
internal sealed class ListedStore : ISecretStore, IRefreshLeaseProvider, ISecretCatalog
{
    private readonly InMemorySecretStore _inner;
    private readonly SortedDictionary<string, (SecretKey Key, long Version, DateTimeOffset At)> _listed = new(StringComparer.Ordinal);

    public ListedStore() => _inner = new InMemorySecretStore(Time);

    public ManualTimeProvider Time { get; } = new();

    public int Pages { get; private set; }

    public int Reads { get; private set; }

    public int FailingLists { get; set; }

    /// <summary>Whether it lists whatever has the name, as a store written in a hurry may.</summary>
    public bool IgnoresKinds { get; init; }

    /// <summary>Whether it says how old its secrets are.</summary>
    public bool KnowsAges { get; set; } = true;

    public ValueTask<SecretPage> ListAsync(SecretQuery query, CancellationToken cancellationToken = default)
    {
        if (FailingLists-- > 0)
        {
            throw new IOException("The network is away.");
        }

        Pages++;
        var page = _listed
            .Where(pair => pair.Value.Key.Environment == query.Environment && pair.Value.Key.Name.StartsWith(query.NamePrefix, StringComparison.Ordinal))
            .Where(pair => query.Kind is null || IgnoresKinds || pair.Value.Key.Kind == query.Kind)
            .SkipWhile(pair => query.Continuation is { } after && string.CompareOrdinal(pair.Key, after) <= 0)
            .Take(query.PageSize)
            .ToList();
        return new(new SecretPage
        {
            Secrets = [.. page.Select(pair => new SecretListing { Key = pair.Value.Key, Version = pair.Value.Version, DueIn = null, ExpiresIn = null, Age = KnowsAges ? Time.GetUtcNow() - pair.Value.At : null })],
            Continuation = page.Count == query.PageSize ? page[^1].Key : null,
        });
    }

    public ValueTask<SecretEntry?> GetAsync(SecretKey key, CancellationToken cancellationToken = default)
    {
        Reads++;
        return _inner.GetAsync(key, cancellationToken);
    }

    public async ValueTask<SecretWriteResult> SetAsync(
        SecretKey key, ReadOnlyMemory<byte> value, SecretCondition condition, CancellationToken cancellationToken = default)
    {
        var result = await _inner.SetAsync(key, value, condition, cancellationToken);
        if (result.Outcome is SecretWriteOutcome.Written)
        {
            _listed[key.ToString()] = (key, result.Version, Time.GetUtcNow());
        }

        return result;
    }

    public ValueTask<bool> RemoveAsync(SecretKey key, SecretCondition condition, CancellationToken cancellationToken = default)
    {
        _listed.Remove(key.ToString());
        return _inner.RemoveAsync(key, condition, cancellationToken);
    }

    public ValueTask<RefreshLease?> TryAcquireAsync(SecretKey key, TimeSpan duration, CancellationToken cancellationToken = default) =>
        _inner.TryAcquireAsync(key, duration, cancellationToken);

    public ValueTask<long> AdvanceEpochAsync(SecretKey key, CancellationToken cancellationToken = default) =>
        _inner.AdvanceEpochAsync(key, cancellationToken);
}
