using FsCheck;
using FsCheck.Fluent;
using TokenKit.Testing;

namespace TokenKit.Tests;

/// <summary>Random sequences of calls: the file store, with a restart now and then, does exactly what the one in memory does.</summary>
public sealed class StoresAgreeTests
{
    private static readonly SecretKey[] Keys = [new("Test", "a"), new("Test", "A"), new("Test", "a") { Kind = SecretKind.TokenSet }];

    [Fact]
    public void The_file_store_answers_as_the_store_in_memory_does()
    {
        var step =
            from kind in Gen.Choose(0, 9)
            from key in Gen.Choose(0, Keys.Length - 1)
            from first in Gen.Choose(1, 6)
            from second in Gen.Choose(1, 3)
            select new Step(kind, Keys[key], first, second);

        Check.One(
            Config.QuickThrowOnFailure.WithMaxTest(25),
            Prop.ForAll(step.ListOf().ToArbitrary(), steps => Agree([.. steps])));
    }

    private static bool Agree(IReadOnlyList<Step> steps)
    {
        using var directory = new StoreDirectory();
        var memory = new Actor(new InMemorySecretStore(directory.Time), directory.Time);
        var file = new Actor(directory.Open(), directory.Time);
        foreach (var step in steps)
        {
            if (step.Kind == 9)
            {
                file = file.On(directory.Open());
                continue;
            }

            var expected = memory.Run(step);
            var answer = file.Run(step);
            if (expected != answer)
            {
                throw new InvalidOperationException($"{step}: in memory {expected}, in files {answer}");
            }

            directory.Time.Advance(TimeSpan.FromSeconds(1));
        }

        return true;
    }

    private sealed record Step(int Kind, SecretKey Key, int First, int Second);

    private sealed class Actor(ISecretStore store, ManualTimeProvider time)
    {
        private readonly Dictionary<SecretKey, RefreshLease> _leases = [];

        public Actor On(ISecretStore reopened)
        {
            var actor = new Actor(reopened, time);
            foreach (var (key, lease) in _leases)
            {
                actor._leases.Add(key, lease);
            }

            return actor;
        }

        // Both stores complete at once when nobody else is there.
        public string Run(Step step) => RunAsync(step).GetAwaiter().GetResult();

        private async Task<string> RunAsync(Step step)
        {
            var leases = (IRefreshLeaseProvider)store;
            var value = BitConverter.GetBytes(time.GetTimestamp());
            switch (step.Kind)
            {
                case 0:
                    return $"{await store.SetAsync(step.Key, new SecretWrite(value, SecretCondition.Any))}";
                case 1:
                    return $"{await store.SetAsync(step.Key, new SecretWrite(value, SecretCondition.Absent))}";
                case 2:
                    return $"{await store.SetAsync(step.Key, new SecretWrite(value, SecretCondition.IfVersion(step.First)))}";
                case 3:
                    return $"{await store.SetAsync(step.Key, new SecretWrite(value, SecretCondition.WrittenBefore(step.First, step.Second)))}";
                case 4:
                    return $"{await store.RemoveAsync(step.Key, step.Second == 1 ? SecretCondition.Any : SecretCondition.WrittenBefore(step.First, 1))}";
                case 5:
                    return $"{await leases.AdvanceEpochAsync(step.Key)}";
                case 6:
                    // Long enough that it does not run out, since the one in files does not.
                    var lease = await leases.TryTakeAsync(step.Key, TimeSpan.FromDays(1));
                    if (lease is null)
                    {
                        return "held";
                    }

                    _leases[step.Key] = lease;
                    return $"{lease.Epoch} {lease.IsTakeover} {lease.State}";
                case 7:
                    if (_leases.Remove(step.Key, out var held))
                    {
                        await held.ReleaseAsync(new RefreshState
                        {
                            Status = GrantStatus.Alive,
                            Reason = RefreshFailureReason.ServerError,
                            NotBefore = TimeSpan.FromSeconds(step.First),
                            Failures = step.Second,
                        });
                    }

                    return "released";
                default:
                    var entry = await store.GetAsync(step.Key);
                    return entry is null
                        ? "absent"
                        : $"{entry} {entry.WrittenEpoch} {entry.WrittenSequence} {Convert.ToHexString(entry.Value.Span)}";
            }
        }
    }
}
