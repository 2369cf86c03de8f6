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
            return ValueTask.FromResult(EntryOf(_records.Find(key)));
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
    public ValueTask<LeaseAnswer> TryAcquireAsync(SecretKey key, LeaseRequest request, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        cancellationToken.ThrowIfCancellationRequested();
        lock (_lock)
        {
            var answer = Acquire(key, request, out var record);
            return ValueTask.FromResult(answer.Outcome switch
            {
                LeaseOutcome.Changed => LeaseAnswer.Changed(EntryOf(record)),
                LeaseOutcome.Taken when request.KnownVersion is null => LeaseAnswer.Taken(answer.Lease!, EntryOf(record)),
                _ => answer,
            });
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
            return TokensOf(_records.Find(key), key, now);
        }
    }

    /// <summary>Takes the lease as <see cref="TryAcquireAsync"/> does, without a copy of what is stored.</summary>
    /// <exception cref="SecretDamagedException">Something is stored that is no token set.</exception>
    internal (LeaseAnswer Answer, StoredTokenSet? News) Acquire(SecretKey key, LeaseRequest request, ClockReading now)
    {
        lock (_lock)
        {
            var answer = Acquire(key, request, out var record);
            var isNews = answer.Outcome is LeaseOutcome.Changed || (answer.Lease is not null && request.KnownVersion is null);
            return (answer, isNews ? TokensOf(record, key, now) : null);
        }
    }

    /// <summary>Writes as <see cref="SetAsync"/> does, and keeps the very object that callers are served from: its life needs no age.</summary>
    internal SecretWriteResult Write(SecretKey key, TokenRecord tokens, SecretCondition condition) =>
        Write(key, condition, MemoryRecord.ValueOf(tokens, condition), ClockReading.Now(_time));

    /// <summary>Writes as a write under a lease does, the very object that callers are served from.</summary>
    internal SecretWriteResult Write(SecretKey key, TokenRecord tokens, SecretCondition condition, RefreshLease lease, RefreshState? stateToLeave)
    {
        lock (_lock)
        {
            var result = Write(key, tokens, condition);
            GiveBack(key, lease, result, stateToLeave);
            return result;
        }
    }

    private LeaseAnswer Acquire(SecretKey key, LeaseRequest request, out MemoryRecord record)
    {
        record = _records.FindOrAdd(key);
        var isOpen = record.Ledger.OpenLease != 0;
        var now = _time.GetUtcNow();
        var state = record.State.At(now);
        switch (request.Judge(record.Ledger.StoredVersion, isOpen && !record.LeaseHasRunOut(_time), state))
        {
            case LeaseOutcome.Changed:
                return LeaseAnswer.Changed(null);
            case LeaseOutcome.Held:
                return LeaseAnswer.Held;
            case LeaseOutcome.Waiting:
                return LeaseAnswer.Waiting(state, record.Ledger.LastEpoch);
            default:
                _records.Number(record, record.Ledger.AfterAcquire());
                record.Lend(_time, request.Duration);
                return LeaseAnswer.Taken(new Lease(this, key, record.Ledger.LastEpoch, isOpen, state) { GrantedAt = now }, null);
        }
    }

    private SecretEntry? EntryOf(MemoryRecord? found) => found is { Ledger.HasValue: true } record
        ? new SecretEntry
        {
            Value = record.Bytes(),
            Version = record.Ledger.Version,
            WrittenEpoch = record.Ledger.WrittenEpoch,
            WrittenSequence = record.Ledger.WrittenSequence,
            Age = record.AgeAt(ClockReading.Now(_time), _time),
        }
        : null;

    private StoredTokenSet? TokensOf(MemoryRecord? found, SecretKey key, ClockReading now) => found is { Ledger.HasValue: true } record
        ? new StoredTokenSet(
            record.TokensAt(now, key, _time), now, record.Ledger.Version, record.Ledger.WrittenEpoch, record.Ledger.WrittenSequence,
            IsLocked: false)
        : null;

    private void GiveBack(SecretKey key, RefreshLease lease, SecretWriteResult written, RefreshState? state)
    {
        if (state is not null && written.Outcome is SecretWriteOutcome.Written)
        {
            GiveBack(_records.FindOrAdd(key), lease, state);
        }
    }

    private void GiveBack(MemoryRecord record, RefreshLease lease, RefreshState state)
    {
        if (record.Ledger.OpenLease == lease.Epoch)
        {
            _records.Number(record, record.Ledger.AfterRelease());
            record.TakeBack(new RefreshStateMark(state, _time.GetUtcNow()));
        }
    }

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

    private sealed class Lease(InMemorySecretStore store, SecretKey key, long epoch, bool isTakeover, RefreshState state)
        : RefreshLease(epoch, isTakeover, state)
    {
        public override ValueTask<LeaseRenewal> RenewAsync(TimeSpan duration, CancellationToken cancellationToken = default)
        {
            ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(duration, TimeSpan.Zero);
            cancellationToken.ThrowIfCancellationRequested();
            lock (store._lock)
            {
                var record = store._records.FindOrAdd(key);
                var isHeld = record.Ledger.OpenLease == Epoch;
                if (isHeld)
                {
                    record.Lend(store._time, duration);
                }

                return ValueTask.FromResult(new LeaseRenewal { IsHeld = isHeld, Entry = store.EntryOf(record) });
            }
        }

        public override ValueTask<SecretWriteResult> WriteAsync(
            SecretWrite write, RefreshState? stateToLeave, CancellationToken cancellationToken = default)
        {
            ThrowIfNotFenced(write);
            cancellationToken.ThrowIfCancellationRequested();
            lock (store._lock)
            {
                var result = store.Write(key, write.Condition, write.Value.ToArray(), store.CountedFrom(write));
                store.GiveBack(key, this, result, stateToLeave);
                return ValueTask.FromResult(result);
            }
        }

        public override ValueTask ReleaseAsync(RefreshState state, CancellationToken cancellationToken = default)
        {
            ArgumentNullException.ThrowIfNull(state);
            cancellationToken.ThrowIfCancellationRequested();
            lock (store._lock)
            {
                store.GiveBack(store._records.FindOrAdd(key), this, state);
            }

            return ValueTask.CompletedTask;
        }
    }
}
