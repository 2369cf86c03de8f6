using System.Runtime.InteropServices;

namespace TokenKit.Storage;

/// <summary>The records of the store in memory by their keys. Touched under the store's lock.</summary>
internal sealed class MemoryRecords
{
    private const int SharedLedgers = 64;

    // By subject in the inner ones: many subjects, few names.
    private readonly Dictionary<(SecretKind Kind, string Environment, string Name), Dictionary<string, MemoryRecord>> _records = [];
    private readonly SecretLedger?[] _ledgers = new SecretLedger?[SharedLedgers];

    public MemoryRecord? Find(SecretKey key) =>
        _records.TryGetValue((key.Kind, key.Environment, key.Name), out var subjects) ? subjects.GetValueOrDefault(key.Subject) : null;

    public MemoryRecord FindOrAdd(SecretKey key)
    {
        ref var subjects = ref CollectionsMarshal.GetValueRefOrAddDefault(_records, (key.Kind, key.Environment, key.Name), out _);
        subjects ??= new(StringComparer.Ordinal);
        ref var record = ref CollectionsMarshal.GetValueRefOrAddDefault(subjects, key.Subject, out _);
        return record ??= new MemoryRecord();
    }

    /// <summary>Gives a record its numbers; keys that were refreshed as often as each other share them.</summary>
    public void Number(MemoryRecord record, SecretLedger numbers)
    {
        ref var shared = ref _ledgers[(uint)numbers.GetHashCode() % SharedLedgers];
        record.Ledger = numbers.Equals(shared) ? shared! : shared = numbers;
    }
}
