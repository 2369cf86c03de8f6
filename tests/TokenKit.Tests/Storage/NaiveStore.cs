namespace TokenKit.Tests;

/// <summary>What a store written in a hurry gets wrong, one fault at a time.</summary>
public enum Fault
{
    None,
    ChecksAndThenWrites,
    StartsVersionsAgainAfterARemoval,
    IgnoresTheCaseOfNames,
    JoinsThePartsOfKeys,
    IgnoresTheKindOfKeys,
    ForgetsTheFenceOnRemoval,
    KeepsTheCallersBytes,
    TakesEmptyForAbsent,
    ComparesEpochsWithoutSequence,
    IgnoresTheConditionOfARemoval,
    CutsValuesAt64KiB,
}

/// <summary>A store of its own making, independent of the library's ledger.</summary>
internal sealed class NaiveStore(Fault fault) : ISecretStore
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, Row> _rows = new(
        fault == Fault.IgnoresTheCaseOfNames ? StringComparer.OrdinalIgnoreCase : StringComparer.Ordinal);

    public ValueTask<SecretEntry?> GetAsync(SecretKey key, CancellationToken cancellationToken = default)
    {
        lock (_lock)
        {
            var row = Find(key);
            return new(row.Value is not { } value || (fault == Fault.TakesEmptyForAbsent && value.Length == 0) ? null : new SecretEntry
            {
                Value = value, Version = row.Version, WrittenEpoch = row.Epoch, WrittenSequence = row.Sequence,
            });
        }
    }

    public async ValueTask<SecretWriteResult> SetAsync(SecretKey key, SecretWrite write, CancellationToken cancellationToken = default)
    {
        if (fault == Fault.ChecksAndThenWrites)
        {
            lock (_lock)
            {
                if (!Holds(Find(key), write.Condition))
                {
                    return new SecretWriteResult { Outcome = SecretWriteOutcome.Conflict, Version = Find(key).StoredVersion };
                }
            }

            await Task.Yield();
        }

        lock (_lock)
        {
            var row = Find(key);
            if (fault != Fault.ChecksAndThenWrites && !Holds(row, write.Condition))
            {
                return new SecretWriteResult { Outcome = SecretWriteOutcome.Conflict, Version = row.StoredVersion };
            }

            row.Value = fault switch
            {
                Fault.KeepsTheCallersBytes => write.Value,
                Fault.CutsValuesAt64KiB => write.Value[..Math.Min(write.Value.Length, 64 * 1024)].ToArray(),
                _ => write.Value.ToArray(),
            };
            row.Version++;
            if (write.Condition.Kind == SecretConditionKind.WrittenBefore)
            {
                (row.Epoch, row.Sequence) = (write.Condition.Number, write.Condition.Sequence);
            }

            return new SecretWriteResult { Outcome = SecretWriteOutcome.Written, Version = row.Version };
        }
    }

    public ValueTask<bool> RemoveAsync(SecretKey key, SecretCondition condition, CancellationToken cancellationToken = default)
    {
        lock (_lock)
        {
            var row = Find(key);
            if (row.Value is null || (fault != Fault.IgnoresTheConditionOfARemoval && !Holds(row, condition)))
            {
                return new(false);
            }

            row.Value = null;
            if (fault == Fault.StartsVersionsAgainAfterARemoval)
            {
                row.Version = 0;
            }

            if (fault == Fault.ForgetsTheFenceOnRemoval)
            {
                (row.Epoch, row.Sequence) = (0, 0);
            }

            return new(true);
        }
    }

    private bool Holds(Row row, SecretCondition condition) => condition.Kind switch
    {
        SecretConditionKind.Absent => row.Value is null,
        SecretConditionKind.IfVersion => row.Value is not null && row.Version == condition.Number,
        SecretConditionKind.WrittenBefore when fault == Fault.ComparesEpochsWithoutSequence => row.Epoch < condition.Number,
        SecretConditionKind.WrittenBefore =>
            row.Epoch < condition.Number || (row.Epoch == condition.Number && row.Sequence < condition.Sequence),
        _ => true,
    };

    private Row Find(SecretKey key)
    {
        var kind = fault == Fault.IgnoresTheKindOfKeys ? default : key.Kind;
        var name = fault == Fault.JoinsThePartsOfKeys
            ? $"{kind}/{key.Environment}/{key.Name}/{key.Subject}"
            : $"{kind}/{key.Environment.Length}/{key.Environment}{key.Name.Length}/{key.Name}{key.Subject}";
        if (!_rows.TryGetValue(name, out var row))
        {
            _rows.Add(name, row = new Row());
        }

        return row;
    }

    private sealed class Row
    {
        public ReadOnlyMemory<byte>? Value { get; set; }

        public long Version { get; set; }

        public long Epoch { get; set; }

        public long Sequence { get; set; }

        public long StoredVersion => Value is null ? 0 : Version;
    }
}
