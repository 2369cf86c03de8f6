using TokenKit.Storage;
using TokenKit.Values;

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
    private readonly MemoryRecords _records = new();

    /// <summary>Makes an empty store.</summary>
    /// <param name="timeProvider">The clock for ages and leases; the system's by default.</param>
    public InMemorySecretStore(TimeProvider? timeProvider = null) => _time = timeProvider ?? TimeProvider.System;

    /// <inheritdoc/>
    public ValueTask<SecretEntry?> GetAsync(SecretKey key, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        lock (_lock)
        {
            return ValueTask.FromResult(_records.Find(key) is { Ledger.HasValue: true } record
                ? new SecretEntry
                {
                    Value = record.Bytes(),
                    Version = record.Ledger.Version,
                    WrittenEpoch = record.Ledger.WrittenEpoch,
                    WrittenSequence = record.Ledger.WrittenSequence,
                    Age = record.AgeAt(ClockReading.Now(_time), _time),
                }
                : null);
        }
    }

    /// <inheritdoc/>
    public ValueTask<SecretWriteResult> SetAsync(SecretKey key, SecretWrite write, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(write);
        cancellationToken.ThrowIfCancellationRequested();
        return ValueTask.FromResult(Write(key, write.Condition, write.Value.ToArray(), CountedFrom(write)));
    }

    /// <inheritdoc/>
    public ValueTask<bool> RemoveAsync(SecretKey key, SecretCondition condition, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        lock (_lock)
        {
            if (_records.Find(key) is not { Ledger.HasValue: true } record || !record.Ledger.Allows(condition))
            {
                return ValueTask.FromResult(false);
            }

            // The numbers stay behind: neither a version nor an epoch may come twice.
            _records.Number(record, record.Ledger.AfterRemoval(condition));
            record.Empty();
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
            var record = _records.FindOrAdd(key);
            var isOpen = record.Ledger.OpenLease != 0;
            if (isOpen && !record.LeaseHasRunOut(_time))
            {
                return ValueTask.FromResult<RefreshLease?>(null);
            }

            _records.Number(record, record.Ledger.AfterAcquire());
            record.Lend(_time, duration);
            var now = _time.GetUtcNow();
            return ValueTask.FromResult<RefreshLease?>(
                new Lease(this, record, record.Ledger.LastEpoch, isOpen, record.State.At(now)) { GrantedAt = now });
        }
    }

    /// <inheritdoc/>
    public ValueTask<long> AdvanceEpochAsync(SecretKey key, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        lock (_lock)
        {
            var record = _records.FindOrAdd(key);
            _records.Number(record, record.Ledger.AfterAdvance());
            return ValueTask.FromResult(record.Ledger.LastEpoch);
        }
    }

    /// <summary>Reads as <see cref="GetAsync"/> does, without a copy of the token.</summary>
    /// <exception cref="SecretDamagedException">Something is stored that is no token set.</exception>
    internal StoredTokenSet? Read(SecretKey key, ClockReading now)
    {
        lock (_lock)
        {
            return _records.Find(key) is { Ledger.HasValue: true } record
                ? new StoredTokenSet(
                    record.TokensAt(now, key, _time), now, record.Ledger.Version, record.Ledger.WrittenEpoch, record.Ledger.WrittenSequence,
                    IsLocked: false)
                : null;
        }
    }

    /// <summary>Writes as <see cref="SetAsync"/> does, and keeps the very object that callers are served from: its life needs no age.</summary>
    internal SecretWriteResult Write(SecretKey key, TokenRecord tokens, SecretCondition condition) =>
        Write(key, condition, MemoryRecord.ValueOf(tokens, condition), ClockReading.Now(_time));

    private ClockReading CountedFrom(SecretWrite write)
    {
        var now = ClockReading.Now(_time);
        var from = write.CountedFrom(now.Utc);
        return new ClockReading(now.Timestamp - (long)((now.Utc - from).TotalSeconds * _time.TimestampFrequency), from);
    }

    private SecretWriteResult Write(SecretKey key, SecretCondition condition, object value, ClockReading countedFrom)
    {
        lock (_lock)
        {
            var record = _records.FindOrAdd(key);
            if (!record.Ledger.Allows(condition))
            {
                return new SecretWriteResult { Outcome = SecretWriteOutcome.Conflict, Version = record.Ledger.StoredVersion };
            }

            _records.Number(record, record.Ledger.AfterWrite(condition));
            record.Fill(value, countedFrom);
            return new SecretWriteResult { Outcome = SecretWriteOutcome.Written, Version = record.Ledger.Version };
        }
    }

    private sealed class Lease(InMemorySecretStore store, MemoryRecord record, long epoch, bool isTakeover, RefreshState state)
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

                record.Lend(store._time, duration);
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
                    store._records.Number(record, record.Ledger.AfterRelease());
                    record.TakeBack(new RefreshStateMark(state, store._time.GetUtcNow()));
                }
            }

            return ValueTask.CompletedTask;
        }
    }
}
