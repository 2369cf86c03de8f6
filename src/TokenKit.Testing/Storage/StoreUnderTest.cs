namespace TokenKit.Testing;

/// <summary>A store, empty at first, on which one check runs.</summary>
public sealed class StoreUnderTest : IAsyncDisposable
{
    /// <summary>The store.</summary>
    public required ISecretStore Store { get; init; }

    /// <summary>
    /// A second store object on the same data, as another process would have one, or <see langword="null"/> where there is
    /// none, as for a store in memory. Whatever is demanded must then hold between the two.
    /// </summary>
    public ISecretStore? Second { get; init; }

    /// <summary>
    /// Makes the lease of the key run out, or its holder die, so that the next attempt to take it succeeds: by moving the
    /// clock of the store, by closing what the holder holds. Needed for the checks of leases.
    /// </summary>
    public Func<RefreshLease, ValueTask>? LoseLease { get; init; }

    /// <summary>Called when the check is over.</summary>
    public Func<ValueTask>? CleanUp { get; init; }

    internal IRefreshLeaseProvider Leases => AsProvider(Store);

    internal ISecretStore Other => Second ?? Store;

    internal IRefreshLeaseProvider OtherLeases => AsProvider(Other);

    /// <summary>Calls <see cref="CleanUp"/>.</summary>
    /// <returns>A task that ends when it has ended.</returns>
    public ValueTask DisposeAsync() => CleanUp?.Invoke() ?? ValueTask.CompletedTask;

    private static IRefreshLeaseProvider AsProvider(ISecretStore store) => store as IRefreshLeaseProvider
        ?? throw new ContractViolationException(
            $"{store.GetType().Name} is no IRefreshLeaseProvider. Lease and fenced write must come from one object; for a store without leases override HasLeases.");
}
