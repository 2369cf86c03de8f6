namespace TokenKit;

/// <summary>Keeps secrets in the memory of this process: gone when it ends, and seen by no other.</summary>
/// <remarks>
/// Right for tokens that credentials can get again at any time. A rotating refresh token kept here is lost with the
/// process. Safe for use by several threads; no call waits.
/// </remarks>
public sealed class InMemorySecretStore : ISecretStore, IRefreshLeaseProvider
{
    private readonly TimeProvider _time;
    private readonly Lock _lock = new();
    private readonly Dictionary<SecretKey, Record> _records = [];

    /// <summary>Makes an empty store.</summary>
    /// <param name="timeProvider">The clock for ages and leases; the system's by default.</param>
    public InMemorySecretStore(TimeProvider? timeProvider = null) => _time = timeProvider ?? TimeProvider.System;

    /// <inheritdoc/>
    public ValueTask<SecretEntry?> GetAsync(SecretKey key, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        lock (_lock)
        {
            if (!_records.TryGetValue(key, out var record) || !record.Ledger.HasValue)
            {
                return ValueTask.FromResult<SecretEntry?>(null);
            }

            var age = ClockReading.Now(_time).ElapsedSince(record.WrittenAt, _time);
            return ValueTask.FromResult<SecretEntry?>(new SecretEntry
            {
                Value = record.Value,
                Version = record.Ledger.Version,
                WrittenEpoch = record.Ledger.WrittenEpoch,
                WrittenSequence = record.Ledger.WrittenSequence,
                Age = age > TimeSpan.Zero ? age : TimeSpan.Zero,
            });
        }
    }

    /// <inheritdoc/>
    public ValueTask<SecretWriteResult> SetAsync(
        SecretKey key, ReadOnlyMemory<byte> value, SecretCondition condition, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        lock (_lock)
        {
            var record = Find(key);
            if (!record.Ledger.Allows(condition))
            {
                return ValueTask.FromResult(new SecretWriteResult(SecretWriteOutcome.Conflict, record.Ledger.StoredVersion));
            }

            record.Ledger = record.Ledger.AfterWrite(condition);
            record.Value = value.ToArray();
            record.WrittenAt = ClockReading.Now(_time);
            return ValueTask.FromResult(new SecretWriteResult(SecretWriteOutcome.Written, record.Ledger.Version));
        }
    }

    /// <inheritdoc/>
    public ValueTask<bool> RemoveAsync(SecretKey key, SecretCondition condition, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        lock (_lock)
        {
            if (!_records.TryGetValue(key, out var record) || !record.Ledger.HasValue || !record.Ledger.Allows(condition))
            {
                return ValueTask.FromResult(false);
            }

            // The numbers stay behind: neither a version nor an epoch may come twice.
            record.Ledger = record.Ledger.AfterRemoval(condition);
            record.Value = [];
            return ValueTask.FromResult(true);
        }
    }

    /// <inheritdoc/>
    public ValueTask<RefreshLease?> TryAcquireAsync(SecretKey key, TimeSpan duration, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(duration, TimeSpan.Zero);
        cancellationToken.ThrowIfCancellationRequested();
        lock (_lock)
        {
            var record = Find(key);
            var isOpen = record.Ledger.OpenLease != 0;
            if (isOpen && !record.HasRunOut(_time))
            {
                return ValueTask.FromResult<RefreshLease?>(null);
            }

            record.Ledger = record.Ledger.AfterAcquire();
            record.Extend(_time, duration);
            return ValueTask.FromResult<RefreshLease?>(
                new Lease(this, record, record.Ledger.LastEpoch, isOpen, record.State.At(_time.GetUtcNow())));
        }
    }

    /// <inheritdoc/>
    public ValueTask<long> AdvanceEpochAsync(SecretKey key, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        lock (_lock)
        {
            var record = Find(key);
            record.Ledger = record.Ledger.AfterAdvance();
            return ValueTask.FromResult(record.Ledger.LastEpoch);
        }
    }

    private Record Find(SecretKey key)
    {
        if (!_records.TryGetValue(key, out var record))
        {
            _records.Add(key, record = new Record());
        }

        return record;
    }

    /// <summary>What the store knows of a key. Touched only under the store's lock.</summary>
    private sealed class Record
    {
        private long _leaseFrom;
        private TimeSpan _leaseDuration;

        public SecretLedger Ledger { get; set; } = SecretLedger.Empty;

        public byte[] Value { get; set; } = [];

        public ClockReading WrittenAt { get; set; }

        public RefreshStateMark State { get; set; } = RefreshStateMark.None;

        public void Extend(TimeProvider time, TimeSpan duration) => (_leaseFrom, _leaseDuration) = (time.GetTimestamp(), duration);

        // By the monotonic clock alone: a wall clock that jumps ahead must not put a second refresher beside a live one.
        public bool HasRunOut(TimeProvider time) => time.GetElapsedTime(_leaseFrom) >= _leaseDuration;
    }

    private sealed class Lease(InMemorySecretStore store, Record record, long epoch, bool isTakeover, RefreshState state)
        : RefreshLease(epoch, isTakeover, state)
    {
        public override ValueTask<bool> RenewAsync(TimeSpan duration, CancellationToken cancellationToken = default)
        {
            ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(duration, TimeSpan.Zero);
            cancellationToken.ThrowIfCancellationRequested();
            lock (store._lock)
            {
                if (record.Ledger.OpenLease != Epoch)
                {
                    return ValueTask.FromResult(false);
                }

                record.Extend(store._time, duration);
                return ValueTask.FromResult(true);
            }
        }

        public override ValueTask ReleaseAsync(RefreshState state, CancellationToken cancellationToken = default)
        {
            ArgumentNullException.ThrowIfNull(state);
            cancellationToken.ThrowIfCancellationRequested();
            lock (store._lock)
            {
                if (record.Ledger.OpenLease == Epoch)
                {
                    record.Ledger = record.Ledger.AfterRelease();
                    record.State = new RefreshStateMark(state, store._time.GetUtcNow());
                }
            }

            return ValueTask.CompletedTask;
        }
    }
}
