namespace TokenKit.Storage;

/// <summary>Where a registration keeps its token set, who gives its leases, and where its secrets are looked up.</summary>
internal sealed record ChosenStore(ISecretStore Store, IRefreshLeaseProvider Leases, ISecretResolver Secrets)
{
    /// <summary>A new store in memory.</summary>
    public static ChosenStore InMemory(TimeProvider time, ISecretResolver secrets)
    {
        var memory = new InMemorySecretStore(time);
        return new ChosenStore(memory, memory, secrets);
    }
}
