namespace TokenKit.Simulation.Tests;

/// <summary>The shared store as one instance sees it: every call takes a while, and some writes fail.</summary>
internal sealed class SimulatedStore(InMemorySecretStore shared, Moments moments, Random random, Trace trace, double failingWrites)
    : ISecretStore, IRefreshLeaseProvider
{
    public async ValueTask<SecretEntry?> GetAsync(SecretKey key, CancellationToken cancellationToken = default)
    {
        await moments.PassAsync(20);
        return await shared.GetAsync(key, cancellationToken);
    }

    public async ValueTask<SecretWriteResult> SetAsync(
        SecretKey key, ReadOnlyMemory<byte> value, SecretCondition condition, CancellationToken cancellationToken = default)
    {
        await moments.PassAsync(20);
        if (random.NextDouble() < failingWrites)
        {
            trace.Fault("write failed");
            throw new IOException("simulated");
        }

        var result = await shared.SetAsync(key, value, condition, cancellationToken);
        trace.Add($"write {condition.Number}.{condition.Sequence} {result.Outcome}");
        await moments.PassAsync(20);
        return result;
    }

    public ValueTask<bool> RemoveAsync(SecretKey key, SecretCondition condition, CancellationToken cancellationToken = default) =>
        shared.RemoveAsync(key, condition, cancellationToken);

    public async ValueTask<RefreshLease?> TryAcquireAsync(SecretKey key, TimeSpan duration, CancellationToken cancellationToken = default)
    {
        await moments.PassAsync(20);
        var lease = await shared.TryAcquireAsync(key, duration, cancellationToken);
        trace.Add(lease is null ? "lease busy" : $"lease {lease.Epoch}");
        return lease;
    }

    public ValueTask<long> AdvanceEpochAsync(SecretKey key, CancellationToken cancellationToken = default) =>
        shared.AdvanceEpochAsync(key, cancellationToken);
}
