namespace TokenKit.Tests;

// begin-snippet: stores-own-whole
/// <summary>Keeps documents by name, and replaces one only where nobody else has meanwhile: blobs with ETags, etcd.</summary>
public interface IDocuments
{
    /// <returns>The document and its tag; nothing and <see langword="null"/> where there is none.</returns>
    Task<(StoredDocument? Document, string? Tag)> ReadAsync(string name, CancellationToken cancellationToken);
    /// <returns><see langword="false"/> where it is not the one with this tag any more.</returns>
    Task<bool> TryReplaceAsync(string name, StoredDocument document, string? tag, CancellationToken cancellationToken);
}

/// <summary>What is kept of one key. The numbers outlive a removal: none of them comes twice.</summary>
public sealed record StoredDocument
{
    public byte[]? Value { get; init; }
    public long Version { get; init; }
    public long LastEpoch { get; init; }
    public long FenceEpoch { get; init; }
    public long WrittenEpoch { get; init; }
    public long WrittenSequence { get; init; }
    public DateTimeOffset CountedFrom { get; init; }
    public long LeaseEpoch { get; init; }
    public DateTimeOffset LeaseUntil { get; init; }
    public RefreshState State { get; init; } = RefreshState.Alive;
    public DateTimeOffset WaitUntil { get; init; }
    public long StoredVersion => Value is null ? 0 : Version;

    public bool Allows(SecretCondition condition) => condition.Kind switch
    {
        SecretConditionKind.Any => true,
        SecretConditionKind.Absent => Value is null,
        SecretConditionKind.IfVersion => Value is not null && Version == condition.Number,
        _ => condition.Number >= FenceEpoch && (WrittenEpoch, WrittenSequence).CompareTo((condition.Number, condition.Sequence)) < 0,
    };

    public StoredDocument WrittenUnder(SecretCondition condition) => condition.Kind is SecretConditionKind.WrittenBefore
        ? this with { WrittenEpoch = condition.Number, WrittenSequence = condition.Sequence }
        : this;
    public StoredDocument WithNextEpoch() => this with { LastEpoch = Math.Max(LastEpoch, WrittenEpoch) + 1 };
    public StoredDocument GivenBack(long epoch, RefreshState state, DateTimeOffset now) =>
        LeaseEpoch == epoch ? this with { LeaseEpoch = 0, State = state, WaitUntil = now + state.NotBefore } : this;

    public RefreshState StateAt(DateTimeOffset now) =>
        State with { NotBefore = State.NotBefore > TimeSpan.Zero && WaitUntil > now ? WaitUntil - now : TimeSpan.Zero };

    public SecretEntry? EntryAt(DateTimeOffset now) => Value is null ? null : new SecretEntry
    {
        Value = Value,
        Version = Version,
        WrittenEpoch = WrittenEpoch,
        WrittenSequence = WrittenSequence,
        Age = now > CountedFrom ? now - CountedFrom : TimeSpan.Zero,
    };
}

/// <summary>Keeps secrets in such a service. Every step reads, decides and replaces, until nobody came in between.</summary>
/// <remarks>Clocks must agree to within <c>Resilience:LeaseMargin</c>: take the service's own time where it tells it.</remarks>
public sealed class DocumentStore(IDocuments documents, TimeProvider time) : ISecretStore, IRefreshLeaseProvider
{
    public async ValueTask<SecretEntry?> GetAsync(SecretKey key, CancellationToken cancellationToken = default) =>
        (await documents.ReadAsync(NameOf(key), cancellationToken)).Document?.EntryAt(time.GetUtcNow());

    public ValueTask<SecretWriteResult> SetAsync(SecretKey key, SecretWrite write, CancellationToken cancellationToken = default) =>
        WriteAsync(key, write, static (written, _) => written, cancellationToken);

    public ValueTask<bool> RemoveAsync(SecretKey key, SecretCondition condition, CancellationToken cancellationToken = default) =>
        StepAsync(key, (stored, _) => stored.Value is not null && stored.Allows(condition)
            ? (stored.WrittenUnder(condition) with { Value = null }, true)
            : (null, false), cancellationToken);

    public ValueTask<LeaseAnswer> TryAcquireAsync(SecretKey key, LeaseRequest request, CancellationToken cancellationToken = default) =>
        StepAsync<LeaseAnswer>(key, (stored, now) =>
        {
            var state = stored.StateAt(now);
            if (request.KnownVersion is { } known && known != stored.StoredVersion)
            {
                return (null, LeaseAnswer.Changed(stored.EntryAt(now)));
            }

            if (stored.LeaseEpoch != 0 && now < stored.LeaseUntil)
            {
                return (null, LeaseAnswer.Held);
            }

            if (!request.OverridesWait && state.NotBefore > TimeSpan.Zero)
            {
                return (null, LeaseAnswer.Waiting(state, Math.Max(stored.LastEpoch, stored.WrittenEpoch)));
            }

            var taken = stored.WithNextEpoch();
            taken = taken with { LeaseEpoch = taken.LastEpoch, LeaseUntil = now + request.Duration };
            var lease = new Lease(this, key, taken.LastEpoch, isTakeover: stored.LeaseEpoch != 0, state) { GrantedAt = now };
            return (taken, LeaseAnswer.Taken(lease, request.KnownVersion is null ? stored.EntryAt(now) : null));
        }, cancellationToken);

    public ValueTask<long> AdvanceEpochAsync(SecretKey key, CancellationToken cancellationToken = default) => StepAsync(key, (stored, _) =>
    {
        var advanced = stored.WithNextEpoch();
        return (advanced with { FenceEpoch = advanced.LastEpoch }, advanced.LastEpoch);
    }, cancellationToken);

    private ValueTask<SecretWriteResult> WriteAsync(
        SecretKey key, SecretWrite write, Func<StoredDocument, DateTimeOffset, StoredDocument> also, CancellationToken cancellationToken) =>
        StepAsync(key, (stored, now) => stored.Allows(write.Condition)
            ? (also(stored.WrittenUnder(write.Condition) with
            {
                Value = write.Value.ToArray(),
                Version = stored.Version + 1,
                CountedFrom = write.AgeCountsFrom is { } from && from < now ? from : now,
            }, now), new SecretWriteResult { Outcome = SecretWriteOutcome.Written, Version = stored.Version + 1 })
            : (null, new SecretWriteResult { Outcome = SecretWriteOutcome.Conflict, Version = stored.StoredVersion }), cancellationToken);

    private async ValueTask<T> StepAsync<T>(
        SecretKey key, Func<StoredDocument, DateTimeOffset, (StoredDocument? Changed, T Answer)> decide, CancellationToken cancellationToken)
    {
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var (stored, tag) = await documents.ReadAsync(NameOf(key), cancellationToken);
            var (changed, answer) = decide(stored ?? new StoredDocument(), time.GetUtcNow());
            if (changed is null || await documents.TryReplaceAsync(NameOf(key), changed, tag, cancellationToken))
            {
                return answer;
            }
        }
    }

    // The kind is part of the key. By UTF-16 units: a conversion would make one text of all broken surrogates.
    private static string NameOf(SecretKey key) => $"{key.Kind}/{Hex(key.Environment)}/{Hex(key.Name)}/{Hex(key.Subject)}";
    private static string Hex(string text) => Convert.ToHexString(System.Runtime.InteropServices.MemoryMarshal.AsBytes(text.AsSpan()));

    private sealed class Lease(DocumentStore store, SecretKey key, long epoch, bool isTakeover, RefreshState state)
        : RefreshLease(epoch, isTakeover, state)
    {
        public override ValueTask<LeaseRenewal> RenewAsync(TimeSpan duration, CancellationToken cancellationToken = default) =>
            store.StepAsync<LeaseRenewal>(key, (stored, now) => (
                stored.LeaseEpoch == Epoch ? stored with { LeaseUntil = now + duration } : null,
                new LeaseRenewal { IsHeld = stored.LeaseEpoch == Epoch, Entry = stored.EntryAt(now) }), cancellationToken);

        public override ValueTask<SecretWriteResult> WriteAsync(SecretWrite write, RefreshState? stateToLeave, CancellationToken cancellationToken = default)
        {
            ThrowIfNotFenced(write);
            return store.WriteAsync(
                key, write, (written, now) => stateToLeave is null ? written : written.GivenBack(Epoch, stateToLeave, now), cancellationToken);
        }

        public override async ValueTask ReleaseAsync(RefreshState state, CancellationToken cancellationToken = default) =>
            await store.StepAsync(
                key, (stored, now) => (stored.LeaseEpoch == Epoch ? stored.GivenBack(Epoch, state, now) : null, true), cancellationToken);
    }
}
// end-snippet
