using FsCheck;
using FsCheck.Fluent;

namespace TokenKit.PostgreSql.Tests;

/// <summary>Random sequences of calls: what a condition means in SQL is what it means in the ledger of the other stores.</summary>
[Collection(DatabaseCollection.Name)]
public sealed class StoresAgreeTests(TestDatabase database)
{
    private static readonly TimeSpan LeaseTime = TimeSpan.FromDays(1);

    [PostgreSqlFact]
    public async Task PostgreSQL_answers_as_the_store_in_memory_does()
    {
        var options = database.NewOptions();
        var store = new PostgreSqlSecretStore(database.DataSource, options, TestKeys.Protector());
        await store.CreateSchemaAsync();
        var step =
            from kind in Gen.Choose(0, 8)
            from first in Gen.Choose(1, 6)
            from second in Gen.Choose(1, 3)
            select new Step(kind, first, second);
        var sequence = 0;

        Check.One(
            Config.QuickThrowOnFailure.WithMaxTest(100),
            Prop.ForAll(step.ListOf().ToArbitrary(), steps => Agree(store, new SecretKey("Test", $"sequence {sequence++}"), [.. steps])));
    }

    private static bool Agree(PostgreSqlSecretStore store, SecretKey key, IReadOnlyList<Step> steps)
    {
        var memory = new Actor(new InMemorySecretStore(), key);
        var database = new Actor(store, key);
        for (var index = 0; index < steps.Count; index++)
        {
            var expected = memory.Run(steps[index], index);
            var answer = database.Run(steps[index], index);
            if (expected != answer)
            {
                throw new InvalidOperationException($"{steps[index]}: in memory {expected}, in PostgreSQL {answer}");
            }
        }

        return true;
    }

    private sealed record Step(int Kind, int First, int Second);

    private sealed class Actor(ISecretStore store, SecretKey key)
    {
        private readonly IRefreshLeaseProvider _leases = (IRefreshLeaseProvider)store;
        private RefreshLease? _lease;

        // FsCheck's properties are synchronous.
        public string Run(Step step, int index) => Task.Run(() => RunAsync(step, index)).GetAwaiter().GetResult();

        private async Task<string> RunAsync(Step step, int index)
        {
            var value = BitConverter.GetBytes(index);
            switch (step.Kind)
            {
                case 0:
                    return $"{await store.SetAsync(key, new SecretWrite(value, SecretCondition.Any))}";
                case 1:
                    return $"{await store.SetAsync(key, new SecretWrite(value, SecretCondition.Absent))}";
                case 2:
                    return $"{await store.SetAsync(key, new SecretWrite(value, SecretCondition.IfVersion(step.First)))}";
                case 3:
                    return $"{await store.SetAsync(key, new SecretWrite(value, SecretCondition.WrittenBefore(step.First, step.Second)))}";
                case 4:
                    return $"{await store.RemoveAsync(key, step.Second switch
                    {
                        1 => SecretCondition.Any,
                        2 => SecretCondition.IfVersion(step.First),
                        _ => SecretCondition.WrittenBefore(step.First, 1),
                    })}";
                case 5:
                    return $"{await _leases.AdvanceEpochAsync(key)}";
                case 6:
                    var lease = await _leases.TryTakeAsync(key, LeaseTime);
                    _lease = lease ?? _lease;
                    return lease is null ? "held" : $"{lease.Epoch} {lease.IsTakeover} {lease.State}";
                case 7:
                    var isHeld = _lease is not null && (await _lease.RenewAsync(LeaseTime)).IsHeld;
                    if (_lease is not null)
                    {
                        await _lease.ReleaseAsync(new RefreshState { Status = GrantStatus.Alive, Reason = RefreshFailureReason.ServerError, Failures = step.Second });
                    }

                    return $"{isHeld}";
                default:
                    var entry = await store.GetAsync(key);
                    return entry is null
                        ? "absent"
                        : $"{entry.Version} {entry.WrittenEpoch} {entry.WrittenSequence} {Convert.ToHexString(entry.Value.Span)}";
            }
        }
    }
}
