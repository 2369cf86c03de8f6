namespace TokenKit.Testing;

/// <summary>What an <see cref="ISecretStore"/>, and an <see cref="IRefreshLeaseProvider"/> beside it, must do.</summary>
/// <remarks>
/// Free of any test framework: derive, open your store in <see cref="OpenAsync"/>, and run each of <see cref="Checks"/> as
/// one test. The checks wait for nothing but the store and draw no random numbers; those that race do so for real.
/// </remarks>
/// <example>
/// With xunit:
/// <code>
/// public sealed class MyStoreTests : SecretStoreContract
/// {
///     public static TheoryData&lt;string&gt; Names => [.. new MyStoreTests().Checks.Select(check => check.Name)];
///
///     [Theory, MemberData(nameof(Names))]
///     public Task Keeps_the_contract(string name) => Checks.Single(check => check.Name == name).RunAsync();
///
///     protected override ValueTask&lt;StoreUnderTest&gt; OpenAsync() => new(new StoreUnderTest { Store = new MyStore() });
/// }
/// </code>
/// </example>
public abstract class SecretStoreContract
{
    /// <summary>All checks: those of values and conditions, those of listings, which ask nothing of a store that cannot list, and those of leases.</summary>
    public IReadOnlyList<ContractCheck> Checks =>
    [
        .. SecretChecks.All.Concat(LargeValueChecks.OfSecrets).Select(check => Bind(check)),
        .. CatalogChecks.All.Select(check => Bind(check, static store => store is ISecretCatalog)),
        .. HasLeases ? LeaseChecks.All.Concat(AcquireChecks.All).Concat(LeaseWriteChecks.All).Concat(LargeValueChecks.OfLeases).Select(check => Bind(check)) : [],
    ];

    /// <summary>Whether the store gives out leases and the checks of leases are to be run; <see langword="true"/> by default.</summary>
    protected virtual bool HasLeases => true;

    /// <summary>Opens an empty store. Called once for each check, perhaps by several threads at once.</summary>
    /// <returns>The store and what a check needs beside it.</returns>
    protected abstract ValueTask<StoreUnderTest> OpenAsync();

    private ContractCheck Bind(Func<StoreUnderTest, Task> check, Func<ISecretStore, bool>? concerns = null) => new()
    {
        Name = check.Method.Name,
        RunAsync = async () =>
        {
            var opened = await OpenAsync().ConfigureAwait(false);
            await using (opened.ConfigureAwait(false))
            {
                if (concerns?.Invoke(opened.Store) is not false)
                {
                    await check(opened).ConfigureAwait(false);
                }
            }
        },
    };
}
