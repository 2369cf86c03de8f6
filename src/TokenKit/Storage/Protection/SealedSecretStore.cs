using TokenKit.Storage;
using TokenKit.Storage.Protection;
using TokenKit.Values;

namespace TokenKit;

/// <summary>Seals every value before it reaches another store, and opens it again.</summary>
/// <remarks>
/// <para>
/// For stores that keep values as they come. What is sealed is bound to its key, and to the epoch and sequence of a fenced write: moved
/// to another key or under other numbers it does not open. Versions, epochs, times and states are the inner store's and stay in the clear;
/// who can write to it can put back an older value together with its numbers, and that cannot be noticed.
/// </para>
/// <para>Safe for use by several threads where the inner store is. The inner store stays the caller's.</para>
/// </remarks>
/// <example>
/// <code>
/// services.AddTokenRefresh("crm", configuration.GetSection("TokenRefresh:crm"))
///         .UseAesGcmFromConfiguration("TokenKeys:Current")
///         .UseStore(static services => SealedSecretStore.Around(
///             services.GetRequiredService&lt;MyStore&gt;(), services.GetRequiredKeyedService&lt;ISecretProtector&gt;("crm")));
/// </code>
/// </example>
public sealed class SealedSecretStore : ISecretStore, IRefreshLeaseProvider, ISecretStoreDecorator, IQueuedStore
{
    private const string StoreKind = "sealed";
    private const byte Unfenced = 0;
    private const byte Fenced = 1;

    private readonly IRefreshLeaseProvider _leases;
    private readonly ISecretProtector _protector;

    private SealedSecretStore(ISecretStore inner, IRefreshLeaseProvider leases, ISecretProtector protector) =>
        (Inner, _leases, _protector) = (inner, leases, protector);

    /// <inheritdoc/>
    public ISecretStore Inner { get; }

    int? IQueuedStore.Connections => (Inner as IQueuedStore)?.Connections;

    /// <summary>Makes a store that seals what another one keeps.</summary>
    /// <typeparam name="TStore">The store, which gives the leases as well.</typeparam>
    /// <param name="inner">The store.</param>
    /// <param name="protector">Seals and opens.</param>
    /// <returns>The store.</returns>
    public static SealedSecretStore Around<TStore>(TStore inner, ISecretProtector protector)
        where TStore : class, ISecretStore, IRefreshLeaseProvider
    {
        ArgumentNullException.ThrowIfNull(inner);
        ArgumentNullException.ThrowIfNull(protector);
        return new SealedSecretStore(inner, inner, protector);
    }

    /// <inheritdoc/>
    /// <exception cref="SecretDamagedException">What is stored cannot be read, or was not sealed for this place and these keys.</exception>
    public ValueTask<SecretEntry?> GetAsync(SecretKey key, CancellationToken cancellationToken = default) =>
        ((IQueuedStore)this).GetAsync(key, StoreTurn.Of(StoreUrgency.Caller), cancellationToken);

    /// <inheritdoc/>
    public ValueTask<SecretWriteResult> SetAsync(SecretKey key, SecretWrite write, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(write);
        var urgency = write.Condition.Kind is SecretConditionKind.WrittenBefore ? StoreUrgency.Held : StoreUrgency.Caller;
        return ((IQueuedStore)this).SetAsync(key, write, StoreTurn.Of(urgency), cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask<bool> RemoveAsync(SecretKey key, SecretCondition condition, CancellationToken cancellationToken = default) =>
        Inner.RemoveAsync(key, condition, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<LeaseAnswer> TryAcquireAsync(SecretKey key, LeaseRequest request, CancellationToken cancellationToken = default) =>
        ((IQueuedStore)this).TryAcquireAsync(key, request, StoreTurn.Of(StoreUrgency.Caller), cancellationToken);

    /// <inheritdoc/>
    public ValueTask<long> AdvanceEpochAsync(SecretKey key, CancellationToken cancellationToken = default) =>
        _leases.AdvanceEpochAsync(key, cancellationToken);

    async ValueTask<SecretEntry?> IQueuedStore.GetAsync(SecretKey key, StoreTurn turn, CancellationToken cancellationToken) =>
        Open(key, await Inner.GetAsync(key, turn, cancellationToken).ConfigureAwait(false));

    ValueTask<SecretWriteResult> IQueuedStore.SetAsync(SecretKey key, SecretWrite write, StoreTurn turn, CancellationToken cancellationToken) =>
        Inner.SetAsync(key, Seal(key, write), turn, cancellationToken);

    async ValueTask<LeaseAnswer> IQueuedStore.TryAcquireAsync(SecretKey key, LeaseRequest request, StoreTurn turn, CancellationToken cancellationToken)
    {
        var answer = await _leases.TryAcquireAsync(key, request, turn, cancellationToken).ConfigureAwait(false);
        switch (answer.Outcome)
        {
            case LeaseOutcome.Changed:
                return LeaseAnswer.Changed(Open(key, answer.Entry));
            case LeaseOutcome.Taken:
                var lease = new SealedLease(this, key, answer.Lease!);
                try
                {
                    return LeaseAnswer.Taken(lease, Open(key, answer.Entry));
                }
                catch (SecretDamagedException)
                {
                    // Who comes next is to be told the same, and not to wait for a lease that nobody has.
                    await lease.ReleaseAsync(lease.State, CancellationToken.None).ConfigureAwait(false);
                    throw;
                }

            default:
                return answer;
        }
    }

    ValueTask<SecretPage> IQueuedStore.ListAsync(SecretQuery query, StoreTurn turn, CancellationToken cancellationToken) =>
        Inner.As<ISecretCatalog>() is { } catalog
            ? catalog.ListAsync(query, turn, cancellationToken)
            : throw new NotSupportedException($"{Inner.GetType().Name} does not list what it holds.");

    /// <summary>The write with its value sealed.</summary>
    internal SecretWrite Seal(SecretKey key, SecretWrite write)
    {
        var isFenced = write.Condition.Kind is SecretConditionKind.WrittenBefore;
        var place = isFenced ? PlaceOf(key, write.Condition.Number, write.Condition.Sequence) : PlaceOf(key, 0, 0);
        byte[] value = [isFenced ? Fenced : Unfenced, .. _protector.Protect(write.Value.Span, place)];
        return write with { Value = value };
    }

    /// <summary>The entry with its value opened.</summary>
    /// <exception cref="SecretDamagedException">It does not open.</exception>
    internal SecretEntry? Open(SecretKey key, SecretEntry? entry)
    {
        if (entry is null)
        {
            return null;
        }

        var sealedValue = entry.Value.Span;
        try
        {
            var place = sealedValue is [Fenced, ..] ? PlaceOf(key, entry.WrittenEpoch, entry.WrittenSequence)
                : sealedValue is [Unfenced, ..] ? PlaceOf(key, 0, 0)
                : throw new SecretDamagedException("It was not written by SealedSecretStore.");
            return entry with { Value = _protector.Unprotect(sealedValue[1..], place) };
        }
        catch (SecretDamagedException exception)
        {
            throw new SecretDamagedException(
                $"The record of '{key}' cannot be read. {exception.Message} It was left as it is; restore it, or remove it and {key.Kind.HowToReplace()}.",
                exception);
        }
    }

    private static byte[] PlaceOf(SecretKey key, long epoch, long sequence) => SecretPlace.Of(StoreKind, key, "value", epoch, sequence);
}
