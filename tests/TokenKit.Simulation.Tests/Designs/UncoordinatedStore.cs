namespace TokenKit.Simulation.Tests;

/// <summary>Gives a lease to everybody, and writes what comes, or what fits the version that was read.</summary>
internal sealed class UncoordinatedStore(World world, Machine machine, SharedStore shared, bool comparesVersions)
    : SimulatedStore(world, machine, shared)
{
    private long _version;

    public override async ValueTask<SecretEntry?> GetAsync(SecretKey key, CancellationToken cancellationToken = default)
    {
        var entry = await base.GetAsync(key, cancellationToken);
        _version = entry?.Version ?? 0;
        return entry;
    }

    public override async ValueTask<SecretWriteResult> SetAsync(SecretKey key, SecretWrite write, CancellationToken cancellationToken = default)
    {
        var result = await base.SetAsync(key, write, cancellationToken);
        _version = result.Version;
        return result;
    }

    public override async ValueTask<LeaseAnswer> TryAcquireAsync(SecretKey key, LeaseRequest request, CancellationToken cancellationToken = default)
    {
        var entry = await GetAsync(key, cancellationToken);
        return request.KnownVersion == _version
            ? LeaseAnswer.Taken(new NoLease(this, key, await Shared.Store.AdvanceEpochAsync(key, cancellationToken)), null)
            : LeaseAnswer.Changed(entry);
    }

    protected override SecretCondition Allowed(SecretCondition condition) =>
        !comparesVersions ? SecretCondition.Any
        : _version == 0 ? SecretCondition.Absent
        : SecretCondition.IfVersion(_version);
}
