namespace TokenKit;

/// <summary>A lease of another store: passes everything on.</summary>
internal class ForwardedLease : RefreshLease
{
    public ForwardedLease(RefreshLease inner)
        : base(inner.Epoch, inner.IsTakeover, inner.State)
    {
        Inner = inner;
        GrantedAt = inner.GrantedAt;
    }

    protected RefreshLease Inner { get; }

    public override ValueTask<LeaseRenewal> RenewAsync(TimeSpan duration, CancellationToken cancellationToken = default) =>
        Inner.RenewAsync(duration, cancellationToken);

    public override ValueTask<SecretWriteResult> WriteAsync(
        SecretWrite write, RefreshState? stateToLeave, CancellationToken cancellationToken = default) =>
        Inner.WriteAsync(write, stateToLeave, cancellationToken);

    public override ValueTask ReleaseAsync(RefreshState state, CancellationToken cancellationToken = default) =>
        Inner.ReleaseAsync(state, cancellationToken);
}
