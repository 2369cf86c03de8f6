using TokenKit.Testing;

namespace TokenKit.Tests;

/// <summary>A store in memory that can go away, and be locked.</summary>
internal sealed class SwitchableStore : ISecretStore, IRefreshLeaseProvider
{
    private readonly InMemorySecretStore _inner;
    private int _reads;

    public SwitchableStore() => _inner = new InMemorySecretStore(Time);

    /// <summary>Its clock, to be the host's as well.</summary>
    public ManualTimeProvider Time { get; } = new();

    public bool IsAway { get; set; }

    public bool IsLocked { get; set; }

    public int Reads => Volatile.Read(ref _reads);

    public async ValueTask<SecretEntry?> GetAsync(SecretKey key, CancellationToken cancellationToken = default)
    {
        Interlocked.Increment(ref _reads);
        ThrowIfAway();
        return await _inner.GetAsync(key, cancellationToken) is { } entry ? entry with { IsLocked = IsLocked } : null;
    }

    public ValueTask<SecretWriteResult> SetAsync(
        SecretKey key, ReadOnlyMemory<byte> value, SecretCondition condition, CancellationToken cancellationToken = default)
    {
        ThrowIfAway();
        return _inner.SetAsync(key, value, condition, cancellationToken);
    }

    public ValueTask<bool> RemoveAsync(SecretKey key, SecretCondition condition, CancellationToken cancellationToken = default)
    {
        ThrowIfAway();
        return _inner.RemoveAsync(key, condition, cancellationToken);
    }

    public ValueTask<RefreshLease?> TryAcquireAsync(SecretKey key, TimeSpan duration, CancellationToken cancellationToken = default)
    {
        ThrowIfAway();
        return _inner.TryAcquireAsync(key, duration, cancellationToken);
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
}
