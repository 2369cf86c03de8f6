using TokenKit.Storage;
using TokenKit.Testing;

namespace TokenKit.Tests;

/// <summary>A store that several processes share and that can say what it holds, as a database does.</summary>
internal sealed class ListedStore : ISecretStore, IRefreshLeaseProvider, ISecretCatalog
{
    private readonly InMemorySecretStore _inner;
    private readonly SortedDictionary<string, (SecretKey Key, long Version, DateTimeOffset At, SecretWrite Write)> _listed = new(StringComparer.Ordinal);

    public ListedStore() => _inner = new InMemorySecretStore(Time);

    public ManualTimeProvider Time { get; } = new();

    public int Pages { get; private set; }

    public int Reads { get; private set; }

    public int FailingLists { get; set; }

    /// <summary>What is wrong with its lists, as in a store that was written in a hurry.</summary>
    public ListFault Fault { get; init; }

    /// <summary>Whether it says how old its secrets are.</summary>
    public bool KnowsAges { get; set; } = true;

    public ValueTask<SecretPage> ListAsync(SecretQuery query, CancellationToken cancellationToken = default)
    {
        if (FailingLists-- > 0)
        {
            throw new IOException("The network is away.");
        }

        Pages++;
        var now = Time.GetUtcNow();
        var asked = _listed.Values
            .Where(secret => secret.Key.Environment == query.Environment || Fault is ListFault.IgnoresEnvironments)
            .Where(secret => secret.Key.Name.StartsWith(query.NamePrefix, StringComparison.Ordinal))
            .Where(secret => query.Kind is null || secret.Key.Kind == query.Kind || Fault is ListFault.IgnoresKinds)
            .Where(secret => query.DueWithin is not { } within || secret.At + secret.Write.DueIn <= now + within || Fault is ListFault.ListsWhatIsNotDue)
            .OrderBy(secret => Fault is ListFault.HasNoOrder ? default : secret.At + secret.Write.DueIn ?? DateTimeOffset.MaxValue)
            .ThenBy(static secret => secret.Key.ToString(), StringComparer.Ordinal)
            .ToList();
        var from = query.Continuation is { } after ? int.Parse(after, System.Globalization.CultureInfo.InvariantCulture) : 0;
        var end = Math.Min(from + query.PageSize, asked.Count);
        return new(new SecretPage
        {
            Secrets = [.. asked[from..end].Select(secret => Listing(secret.Key, secret.Version, secret.At, secret.Write, now))],
            Continuation = end < asked.Count && Fault is not ListFault.EndsAfterAPage ? $"{end}" : null,
        });
    }

    public ValueTask<SecretEntry?> GetAsync(SecretKey key, CancellationToken cancellationToken = default)
    {
        Reads++;
        return _inner.GetAsync(key, cancellationToken);
    }

    public async ValueTask<SecretWriteResult> SetAsync(SecretKey key, SecretWrite write, CancellationToken cancellationToken = default)
    {
        var result = await _inner.SetAsync(key, write, cancellationToken);
        List(key, write, result);
        return result;
    }

    public ValueTask<bool> RemoveAsync(SecretKey key, SecretCondition condition, CancellationToken cancellationToken = default)
    {
        if (Fault is not ListFault.ListsWhatWasRemoved)
        {
            _listed.Remove($"{key.Kind} {key}");
        }

        return _inner.RemoveAsync(key, condition, cancellationToken);
    }

    public async ValueTask<LeaseAnswer> TryAcquireAsync(SecretKey key, LeaseRequest request, CancellationToken cancellationToken = default) =>
        (await _inner.TryAcquireAsync(key, request, cancellationToken)).With(lease => new ListedLease(this, key, lease), static entry => entry);

    public ValueTask<long> AdvanceEpochAsync(SecretKey key, CancellationToken cancellationToken = default) =>
        _inner.AdvanceEpochAsync(key, cancellationToken);

    private void List(SecretKey key, SecretWrite write, SecretWriteResult result)
    {
        if (result.Outcome is SecretWriteOutcome.Written)
        {
            _listed[$"{key.Kind} {key}"] = (key, result.Version, Time.GetUtcNow(), write);
        }
    }

    private SecretListing Listing(SecretKey key, long version, DateTimeOffset at, SecretWrite write, DateTimeOffset now) => new()
    {
        Key = key,
        Version = Fault is ListFault.SaysAnotherVersion ? version - 1 : version,
        DueIn = at + write.DueIn - now,
        ExpiresIn = Fault is ListFault.ForgetsTheEnd ? null : at + write.ExpiresIn - now,
        Age = KnowsAges ? now - at : null,
    };

    private sealed class ListedLease(ListedStore store, SecretKey key, RefreshLease inner) : ForwardedLease(inner)
    {
        public override async ValueTask<SecretWriteResult> WriteAsync(
            SecretWrite write, RefreshState? stateToLeave, CancellationToken cancellationToken = default)
        {
            var result = await Inner.WriteAsync(write, stateToLeave, cancellationToken);
            store.List(key, write, result);
            return result;
        }
    }
}

/// <summary>What a list can get wrong.</summary>
public enum ListFault
{
    None,
    IgnoresKinds,
    IgnoresEnvironments,
    ListsWhatIsNotDue,
    ListsWhatWasRemoved,
    HasNoOrder,
    EndsAfterAPage,
    SaysAnotherVersion,
    ForgetsTheEnd,
}
