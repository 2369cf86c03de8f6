using System.Collections.Immutable;
using TokenKit.Storage;
using static TokenKit.Testing.ContractDemands;

namespace TokenKit.Testing;

/// <summary>The demands on a write under a lease, which may give the lease back in the same step.</summary>
internal static class LeaseWriteChecks
{
    private static readonly RefreshState Left = new() { Status = GrantStatus.Alive, Reason = RefreshFailureReason.ServerError, Failures = 2 };

    public static ImmutableArray<Func<StoreUnderTest, Task>> All { get; } =
    [
        A_write_under_a_lease_is_as_any_other_fenced_write,
        A_write_that_leaves_no_state_keeps_the_lease,
        The_last_write_gives_the_lease_back_and_leaves_a_state,
        A_refused_write_gives_nothing_back,
        A_late_write_lands_and_leaves_the_lease_and_state_of_its_successor_alone,
        A_write_that_was_carried_out_once_is_refused_the_second_time,
        A_write_under_a_lease_that_is_not_fenced_is_an_error,
    ];

    private static async Task A_write_under_a_lease_is_as_any_other_fenced_write(StoreUnderTest test)
    {
        foreach (var state in new[] { null, Left })
        {
            var lease = await test.Leases.AcquireAsync(Key, "At first").ConfigureAwait(false);
            var result = await lease.WriteAsync(Write($"value {state}", lease.Epoch, 3), state).ConfigureAwait(false);
            Demand(result.Outcome is SecretWriteOutcome.Written, $"The condition held, and WriteAsync returned {result.Outcome}.");
            var entry = await test.Other.ReadAsync(Key, $"value {state}").ConfigureAwait(false);
            Demand(
                (entry.Version, entry.WrittenEpoch, entry.WrittenSequence) == (result.Version, lease.Epoch, 3),
                $"Version {result.Version} was written under {lease.Epoch}.3, and GetAsync returned version {entry.Version} under {entry.WrittenEpoch}.{entry.WrittenSequence}.");
            await lease.ReleaseAsync(RefreshState.Alive).ConfigureAwait(false);
        }
    }

    private static async Task A_write_that_leaves_no_state_keeps_the_lease(StoreUnderTest test)
    {
        var lease = await test.Leases.AcquireAsync(Key, "At first").ConfigureAwait(false);
        await lease.WriteAsync(Write("value", lease.Epoch, 1), stateToLeave: null).ConfigureAwait(false);
        await test.OtherLeases.DemandHeldAsync(Key, "After a write that is not the last one").ConfigureAwait(false);
        Demand((await lease.RenewAsync(LeaseTime).ConfigureAwait(false)).IsHeld, "A write left no state, and RenewAsync says that the lease is lost.");
    }

    private static async Task The_last_write_gives_the_lease_back_and_leaves_a_state(StoreUnderTest test)
    {
        var lease = await test.Leases.AcquireAsync(Key, "At first").ConfigureAwait(false);
        await lease.WriteAsync(Write("value", lease.Epoch, 1), Left).ConfigureAwait(false);
        Demand(!(await lease.RenewAsync(LeaseTime).ConfigureAwait(false)).IsHeld, "The last write gave the lease back, and RenewAsync says that it is held.");
        await lease.ReleaseAsync(RefreshState.Alive).ConfigureAwait(false);

        var next = await test.OtherLeases.AcquireAsync(Key, "After the last write").ConfigureAwait(false);
        Demand(!next.IsTakeover, "The last write gave the lease back, and the next one says that it is a takeover.");
        Demand(next.State == Left, $"The state {Left} was left with the last write, and the next holder found {next.State}.");
    }

    private static async Task A_refused_write_gives_nothing_back(StoreUnderTest test)
    {
        var lease = await test.Leases.AcquireAsync(Key, "At first").ConfigureAwait(false);
        await test.OtherLeases.AdvanceEpochAsync(Key).ConfigureAwait(false);
        var result = await lease.WriteAsync(Write("refused", lease.Epoch, 1), Left).ConfigureAwait(false);
        Demand(result.Outcome is SecretWriteOutcome.Conflict, $"The epoch was advanced, and WriteAsync returned {result.Outcome}.");
        await test.Store.DemandAbsentAsync(Key, "After a refused write").ConfigureAwait(false);
        await test.OtherLeases.DemandHeldAsync(Key, "After a refused write").ConfigureAwait(false);

        await lease.ReleaseAsync(RefreshState.Alive).ConfigureAwait(false);
        var next = await test.OtherLeases.AcquireAsync(Key, "After the release").ConfigureAwait(false);
        Demand(next.State == RefreshState.Alive, $"A refused write left the state {next.State}.");
    }

    private static async Task A_late_write_lands_and_leaves_the_lease_and_state_of_its_successor_alone(StoreUnderTest test)
    {
        Demand(test.LoseLease is not null, "The checks of leases need StoreUnderTest.LoseLease.");
        var late = await test.Leases.AcquireAsync(Key, "At first").ConfigureAwait(false);
        await test.LoseLease(late).ConfigureAwait(false);
        var successor = await test.OtherLeases.AcquireAsync(Key, "After the lease ran out").ConfigureAwait(false);

        var result = await late.WriteAsync(Write("late", late.Epoch, 1), Left).ConfigureAwait(false);
        Demand(result.Outcome is SecretWriteOutcome.Written, $"Nobody newer had written, and WriteAsync of a late holder returned {result.Outcome}.");
        await test.Store.ReadAsync(Key, "late").ConfigureAwait(false);
        await test.Leases.DemandHeldAsync(Key, "After a late write of the holder before").ConfigureAwait(false);

        await successor.ReleaseAsync(RefreshState.Alive).ConfigureAwait(false);
        var next = await test.Leases.AcquireAsync(Key, "After the release").ConfigureAwait(false);
        Demand(next.State == RefreshState.Alive, $"The successor of a late writer left the state of success, and the next holder found {next.State}.");
    }

    private static async Task A_write_that_was_carried_out_once_is_refused_the_second_time(StoreUnderTest test)
    {
        // As after a lost answer: what is stored decides.
        var lease = await test.Leases.AcquireAsync(Key, "At first").ConfigureAwait(false);
        var first = await lease.WriteAsync(Write("value", lease.Epoch, 1), Left).ConfigureAwait(false);
        var second = await lease.WriteAsync(Write("value", lease.Epoch, 1), RefreshState.Alive).ConfigureAwait(false);
        Demand(
            second is { Outcome: SecretWriteOutcome.Conflict } && second.Version == first.Version,
            $"Version {first.Version} was written under this epoch and sequence, and the same write returned {second.Outcome} and version {second.Version}.");
        var next = await test.OtherLeases.AcquireAsync(Key, "After the last write").ConfigureAwait(false);
        Demand(next.State == Left, $"The state {Left} was left with the last write, and the next holder found {next.State}.");
    }

    private static async Task A_write_under_a_lease_that_is_not_fenced_is_an_error(StoreUnderTest test)
    {
        var lease = await test.Leases.AcquireAsync(Key, "At first").ConfigureAwait(false);
        foreach (var condition in new[] { SecretCondition.Any, SecretCondition.Absent, SecretCondition.IfVersion(1) })
        {
            var outcome = "nothing";
            try
            {
                outcome = (await lease.WriteAsync(new SecretWrite(Bytes("value"), condition), stateToLeave: null).ConfigureAwait(false)).Outcome.ToString();
            }
            catch (ArgumentException)
            {
                continue;
            }

            Demand(false, $"A write under a lease had the condition {condition.Kind}, and WriteAsync returned {outcome} instead of throwing an ArgumentException.");
        }

        await test.Store.DemandAbsentAsync(Key, "After writes without a fence").ConfigureAwait(false);
    }

    private static SecretWrite Write(string value, long epoch, long sequence) => new(Bytes(value), SecretCondition.WrittenBefore(epoch, sequence));
}
