namespace TokenKit.Storage;

/// <summary>A store whose calls wait for one of a number of connections, the most urgent first.</summary>
/// <remarks>
/// The calls of the public contracts have no turn: a fenced write counts as that of a held lease, as do the calls of the
/// lease itself, everything else as a caller's.
/// </remarks>
internal interface IQueuedStore
{
    /// <summary>How many calls are carried out at once; <see langword="null"/> where there is no limit.</summary>
    int? Connections { get; }

    /// <inheritdoc cref="ISecretStore.GetAsync"/>
    ValueTask<SecretEntry?> GetAsync(SecretKey key, StoreTurn turn, CancellationToken cancellationToken);

    /// <inheritdoc cref="ISecretStore.SetAsync"/>
    ValueTask<SecretWriteResult> SetAsync(SecretKey key, SecretWrite write, StoreTurn turn, CancellationToken cancellationToken);

    /// <inheritdoc cref="IRefreshLeaseProvider.TryAcquireAsync"/>
    ValueTask<LeaseAnswer> TryAcquireAsync(SecretKey key, LeaseRequest request, StoreTurn turn, CancellationToken cancellationToken);

    /// <inheritdoc cref="ISecretCatalog.ListAsync"/>
    ValueTask<SecretPage> ListAsync(SecretQuery query, StoreTurn turn, CancellationToken cancellationToken);
}
