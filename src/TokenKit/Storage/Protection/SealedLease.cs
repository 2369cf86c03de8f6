namespace TokenKit.Storage.Protection;

/// <summary>A lease of a store whose values are sealed.</summary>
internal sealed class SealedLease : RefreshLease
{
    private readonly SealedSecretStore _store;
    private readonly SecretKey _key;
    private readonly RefreshLease _inner;

    public SealedLease(SealedSecretStore store, SecretKey key, RefreshLease inner)
        : base(inner.Epoch, inner.IsTakeover, inner.State)
    {
        (_store, _key, _inner) = (store, key, inner);
        GrantedAt = inner.GrantedAt;
    }

    public override async ValueTask<LeaseRenewal> RenewAsync(TimeSpan duration, CancellationToken cancellationToken = default) =>
        Open(await _inner.RenewAsync(duration, cancellationToken).ConfigureAwait(false));

    public override ValueTask<SecretWriteResult> WriteAsync(
        SecretWrite write, RefreshState? stateToLeave, CancellationToken cancellationToken = default)
    {
        ThrowIfNotFenced(write);
        return _inner.WriteAsync(_store.Seal(_key, write), stateToLeave, cancellationToken);
    }

    public override ValueTask ReleaseAsync(RefreshState state, CancellationToken cancellationToken = default) =>
        _inner.ReleaseAsync(state, cancellationToken);

    internal override async ValueTask<LeaseRenewal> RenewAsync(TimeSpan duration, StoreTurn turn, CancellationToken cancellationToken) =>
        Open(await _inner.RenewAsync(duration, turn, cancellationToken).ConfigureAwait(false));

    internal override ValueTask<SecretWriteResult> WriteAsync(
        SecretWrite write, RefreshState? stateToLeave, StoreTurn turn, CancellationToken cancellationToken)
    {
        ThrowIfNotFenced(write);
        return _inner.WriteAsync(_store.Seal(_key, write), stateToLeave, turn, cancellationToken);
    }

    internal override ValueTask ReleaseAsync(RefreshState state, StoreTurn turn, CancellationToken cancellationToken) =>
        _inner.ReleaseAsync(state, turn, cancellationToken);

    private LeaseRenewal Open(LeaseRenewal renewal) => renewal with { Entry = _store.Open(_key, renewal.Entry) };
}
