using System.Collections.Immutable;
using TokenKit.Storage;
using static TokenKit.Testing.ContractDemands;

namespace TokenKit.Testing;

/// <summary>The demands on leases, epochs and the shared state.</summary>
internal static class LeaseChecks
{
    private const int Racers = 16;

    public static ImmutableArray<Func<StoreUnderTest, Task>> All { get; } =
    [
        A_first_lease_takes_nothing_over_and_finds_the_grant_alive,
        A_lease_that_is_held_is_not_given_out_again,
        A_released_lease_is_given_out_again_with_a_larger_epoch,
        Leases_of_different_keys_do_not_hinder_each_other,
        Leases_and_epochs_of_two_kinds_of_one_name_do_not_meet,
        A_state_is_handed_to_the_next_holder,
        A_wait_is_handed_over_and_does_not_grow,
        A_renewed_lease_is_still_held,
        A_lost_lease_is_taken_over_with_a_larger_epoch,
        A_lost_lease_cannot_be_renewed_or_released_against_its_successor,
        A_takeover_that_is_released_is_no_takeover_for_the_next,
        Of_many_who_try_one_gets_the_lease,
        Epochs_grow_across_a_removal,
        An_epoch_is_larger_than_any_that_has_written,
        An_advanced_epoch_is_larger_than_all_before_and_does_not_wait_for_the_holder,
        An_advanced_epoch_fences_the_running_holder,
        An_advanced_epoch_fences_also_where_nothing_is_stored,
        A_new_lease_does_not_fence_its_late_predecessor,
        Many_advanced_epochs_are_all_different,
        Writes_and_reads_do_not_need_the_lease,
        An_age_counts_from_the_instant_that_its_write_names,
    ];

    private static async Task A_first_lease_takes_nothing_over_and_finds_the_grant_alive(StoreUnderTest test)
    {
        var lease = await test.Leases.AcquireAsync(Key, "At first").ConfigureAwait(false);
        Demand(!lease.IsTakeover, "The first lease of a key says that it is a takeover.");
        Demand(lease.State == RefreshState.Alive, $"The first lease of a key found the state {lease.State}.");
    }

    private static async Task A_lease_that_is_held_is_not_given_out_again(StoreUnderTest test)
    {
        var lease = await test.Leases.AcquireAsync(Key, "At first").ConfigureAwait(false);
        await test.Leases.DemandHeldAsync(Key, "After it was taken").ConfigureAwait(false);
        await test.OtherLeases.DemandHeldAsync(Key, "After it was taken in another store object").ConfigureAwait(false);
        GC.KeepAlive(lease);
    }

    private static async Task A_released_lease_is_given_out_again_with_a_larger_epoch(StoreUnderTest test)
    {
        var last = 0L;
        for (var index = 0; index < 5; index++)
        {
            var leases = index % 2 == 0 ? test.Leases : test.OtherLeases;
            var lease = await leases.AcquireAsync(Key, "After the release").ConfigureAwait(false);
            Demand(lease.Epoch > last, $"Epoch {lease.Epoch} was given out after epoch {last}.");
            Demand(!lease.IsTakeover, "The lease had been released, and the next one says that it is a takeover.");
            last = lease.Epoch;
            await lease.ReleaseAsync(RefreshState.Alive).ConfigureAwait(false);
            await lease.ReleaseAsync(RefreshState.Alive).ConfigureAwait(false);
        }
    }

    private static async Task Leases_of_different_keys_do_not_hinder_each_other(StoreUnderTest test)
    {
        List<RefreshLease> held = [];
        for (var index = 0; index < 100; index++)
        {
            held.Add(await test.Leases.AcquireAsync(new SecretKey("Contract", "token", $"subject {index}"), "For another subject").ConfigureAwait(false));
        }

        await test.Leases.DemandHeldAsync(new SecretKey("Contract", "token", "subject 7"), "After it was taken").ConfigureAwait(false);
        foreach (var lease in held)
        {
            await lease.ReleaseAsync(RefreshState.Alive).ConfigureAwait(false);
        }
    }

    private static async Task Leases_and_epochs_of_two_kinds_of_one_name_do_not_meet(StoreUnderTest test)
    {
        var secret = await test.Leases.AcquireAsync(Key, "At first").ConfigureAwait(false);
        var set = await test.OtherLeases.AcquireAsync(TokenSetKey, "Of the other kind").ConfigureAwait(false);
        await test.Leases.DemandHeldAsync(TokenSetKey, "After it was taken").ConfigureAwait(false);
        var state = new RefreshState { Status = GrantStatus.Dead, Reason = RefreshFailureReason.ReauthorizationRequired, Failures = 3, DeadGrant = "0123abcd", Tag = "tag of 1/8 & more" };
        await set.ReleaseAsync(state).ConfigureAwait(false);
        await test.OtherLeases.DemandHeldAsync(Key, "After that of the other kind was released").ConfigureAwait(false);

        // A fence of the token set: the holder of the secret's lease has the smaller epoch and may write.
        for (var drawn = 0; drawn < 3; drawn++)
        {
            await test.Leases.AdvanceEpochAsync(TokenSetKey).ConfigureAwait(false);
        }

        await test.Store.WriteAsync(Key, "secret", SecretCondition.WrittenBefore(secret.Epoch, 1)).ConfigureAwait(false);
        await secret.ReleaseAsync(RefreshState.Alive).ConfigureAwait(false);
        secret = await test.Leases.AcquireAsync(Key, "After the release").ConfigureAwait(false);
        Demand(secret.State == RefreshState.Alive, $"The state {state} was left for the other kind, and the next holder found {secret.State}.");
        set = await test.Leases.AcquireAsync(TokenSetKey, "After the release").ConfigureAwait(false);
        Demand(set.State == state, $"The state {state} was left, and the next holder found {set.State}.");
    }

    private static async Task A_state_is_handed_to_the_next_holder(StoreUnderTest test)
    {
        var state = new RefreshState { Status = GrantStatus.Dead, Reason = RefreshFailureReason.ReauthorizationRequired, Failures = 3, DeadGrant = "0123abcd", Tag = "tag of 1/8 & more" };
        var lease = await test.Leases.AcquireAsync(Key, "At first").ConfigureAwait(false);
        await lease.ReleaseAsync(state).ConfigureAwait(false);

        lease = await test.OtherLeases.AcquireAsync(Key, "After the release").ConfigureAwait(false);
        Demand(lease.State == state, $"The state {state} was left, and the next holder found {lease.State}.");
        await lease.ReleaseAsync(RefreshState.Alive).ConfigureAwait(false);

        lease = await test.Leases.AcquireAsync(Key, "After the release").ConfigureAwait(false);
        Demand(lease.State == RefreshState.Alive, $"A state of success was left, and the next holder found {lease.State}.");
    }

    private static async Task A_wait_is_handed_over_and_does_not_grow(StoreUnderTest test)
    {
        var wait = TimeSpan.FromHours(1);
        var lease = await test.Leases.AcquireAsync(Key, "At first").ConfigureAwait(false);
        await lease.ReleaseAsync(new RefreshState { Status = GrantStatus.Alive, Reason = RefreshFailureReason.Throttled, NotBefore = wait, Failures = 1 }).ConfigureAwait(false);
        lease = await test.OtherLeases.AcquireAsync(Key, "After the release").ConfigureAwait(false);
        DemandWait(lease, wait, "A wait");

        // A server that limits logins is not asked for a while although all went well.
        await lease.ReleaseAsync(RefreshState.Alive with { NotBefore = wait }).ConfigureAwait(false);
        lease = await test.Leases.AcquireAsync(Key, "After the release").ConfigureAwait(false);
        DemandWait(lease, wait, "A wait after a success");
    }

    private static void DemandWait(RefreshLease lease, TimeSpan wait, string what) => Demand(
        lease.State.NotBefore > TimeSpan.Zero && lease.State.NotBefore <= wait,
        $"{what} of {wait} was left a moment ago, and the next holder found {lease.State.NotBefore}.");

    private static async Task A_renewed_lease_is_still_held(StoreUnderTest test)
    {
        var lease = await test.Leases.AcquireAsync(Key, "At first").ConfigureAwait(false);
        Demand((await lease.RenewAsync(LeaseTime).ConfigureAwait(false)).IsHeld, "The lease was held, and RenewAsync says that it is lost.");
        await test.OtherLeases.DemandHeldAsync(Key, "After it was renewed").ConfigureAwait(false);
        await lease.ReleaseAsync(RefreshState.Alive).ConfigureAwait(false);
        Demand(!(await lease.RenewAsync(LeaseTime).ConfigureAwait(false)).IsHeld, "The lease had been released, and RenewAsync says that it is held.");
    }

    private static async Task A_lost_lease_is_taken_over_with_a_larger_epoch(StoreUnderTest test)
    {
        var (lost, taken) = await TakeOverAsync(test).ConfigureAwait(false);
        Demand(taken.IsTakeover, "The lease ran out without a release, and the next one does not say that it is a takeover.");
        Demand(taken.Epoch > lost.Epoch, $"Epoch {taken.Epoch} was given out after epoch {lost.Epoch}.");
        await test.OtherLeases.DemandHeldAsync(Key, "After it was taken over").ConfigureAwait(false);
    }

    private static async Task A_lost_lease_cannot_be_renewed_or_released_against_its_successor(StoreUnderTest test)
    {
        var (lost, taken) = await TakeOverAsync(test).ConfigureAwait(false);
        Demand(!(await lost.RenewAsync(LeaseTime).ConfigureAwait(false)).IsHeld, "The lease was taken over, and RenewAsync of the old one says that it is held.");
        await lost.ReleaseAsync(new RefreshState { Status = GrantStatus.Dead, Reason = RefreshFailureReason.ReauthorizationRequired }).ConfigureAwait(false);
        await test.OtherLeases.DemandHeldAsync(Key, "After its lost predecessor was released").ConfigureAwait(false);

        var left = new RefreshState { Status = GrantStatus.Alive, Reason = RefreshFailureReason.ServerError, Failures = 2 };
        await taken.ReleaseAsync(left).ConfigureAwait(false);
        var next = await test.OtherLeases.AcquireAsync(Key, "After the release").ConfigureAwait(false);
        Demand(next.State == left, $"The state {left} was left, and the next holder found {next.State}.");
    }

    private static async Task A_takeover_that_is_released_is_no_takeover_for_the_next(StoreUnderTest test)
    {
        var (_, taken) = await TakeOverAsync(test).ConfigureAwait(false);
        await taken.ReleaseAsync(RefreshState.Alive).ConfigureAwait(false);
        var next = await test.OtherLeases.AcquireAsync(Key, "After the release").ConfigureAwait(false);
        Demand(!next.IsTakeover, "The lease had been released, and the next one says that it is a takeover.");
    }

    private static async Task Of_many_who_try_one_gets_the_lease(StoreUnderTest test)
    {
        for (var round = 0; round < 10; round++)
        {
            var key = new SecretKey("Contract", $"lease {round}");
            var leases = await RaceAsync(Racers, index =>
                (index % 2 == 0 ? test.Leases : test.OtherLeases).TryAcquireAsync(key, AnyLease).AsTask()).ConfigureAwait(false);
            var holders = leases.Count(static answer => answer.Lease is not null);
            Demand(holders == 1, $"Of {Racers} who tried, {holders} got the lease; it must be one.");
        }
    }

    private static async Task Epochs_grow_across_a_removal(StoreUnderTest test)
    {
        var first = await test.Leases.AcquireAsync(Key, "At first").ConfigureAwait(false);
        await test.Store.WriteAsync(Key, "value", SecretCondition.WrittenBefore(first.Epoch, 1)).ConfigureAwait(false);
        await first.ReleaseAsync(RefreshState.Alive).ConfigureAwait(false);
        await test.Store.RemoveAsync(Key, SecretCondition.Any).ConfigureAwait(false);

        var second = await test.OtherLeases.AcquireAsync(Key, "After the release").ConfigureAwait(false);
        Demand(second.Epoch > first.Epoch, $"Epoch {second.Epoch} was given out after epoch {first.Epoch}, with a removal between.");
    }

    private static async Task An_epoch_is_larger_than_any_that_has_written(StoreUnderTest test)
    {
        await test.Store.WriteAsync(Key, "value", SecretCondition.WrittenBefore(41, 1)).ConfigureAwait(false);
        var lease = await test.Leases.AcquireAsync(Key, "At first").ConfigureAwait(false);
        Demand(lease.Epoch > 41, $"Epoch 41 has written, and epoch {lease.Epoch} was given out: it could not write.");
    }

    private static async Task An_advanced_epoch_is_larger_than_all_before_and_does_not_wait_for_the_holder(StoreUnderTest test)
    {
        var lease = await test.Leases.AcquireAsync(Key, "At first").ConfigureAwait(false);
        var advanced = await test.OtherLeases.AdvanceEpochAsync(Key).AsTask().WaitAsync(Patience, TimeProvider.System).ConfigureAwait(false);
        Demand(advanced > lease.Epoch, $"The epoch advanced to {advanced}; the holder has {lease.Epoch}.");
        var again = await test.Leases.AdvanceEpochAsync(Key).ConfigureAwait(false);
        Demand(again > advanced, $"The epoch advanced to {again} after {advanced}.");

        await lease.ReleaseAsync(RefreshState.Alive).ConfigureAwait(false);
        if (test.LoseLease is not null)
        {
            await test.LoseLease(lease).ConfigureAwait(false);
        }

        var next = await test.Leases.AcquireAsync(Key, "After the release").ConfigureAwait(false);
        Demand(next.Epoch > again, $"Epoch {next.Epoch} was given out after {again} had been drawn.");
    }

    private static async Task An_advanced_epoch_fences_the_running_holder(StoreUnderTest test)
    {
        var lease = await test.Leases.AcquireAsync(Key, "At first").ConfigureAwait(false);
        await test.Store.WriteAsync(Key, "holder's first", SecretCondition.WrittenBefore(lease.Epoch, 1)).ConfigureAwait(false);
        var seed = await test.OtherLeases.AdvanceEpochAsync(Key).ConfigureAwait(false);
        await test.Store.DemandConflictAsync(
            Key, SecretCondition.WrittenBefore(lease.Epoch, 2), $"the epoch was advanced to {seed}").ConfigureAwait(false);
        await test.Other.WriteAsync(Key, "seed", SecretCondition.WrittenBefore(seed, 1)).ConfigureAwait(false);
        await test.Store.DemandConflictAsync(Key, SecretCondition.WrittenBefore(lease.Epoch, 3), "the seed wrote it").ConfigureAwait(false);
    }

    private static async Task An_advanced_epoch_fences_also_where_nothing_is_stored(StoreUnderTest test)
    {
        var lease = await test.Leases.AcquireAsync(Key, "At first").ConfigureAwait(false);
        await test.Leases.AdvanceEpochAsync(Key).ConfigureAwait(false);
        await test.Store.DemandConflictAsync(Key, SecretCondition.WrittenBefore(lease.Epoch, 1), "the epoch was advanced").ConfigureAwait(false);
        await test.Store.DemandAbsentAsync(Key, "After a refused write").ConfigureAwait(false);
    }

    private static async Task A_new_lease_does_not_fence_its_late_predecessor(StoreUnderTest test)
    {
        // The late holder may have the only copy of a refresh token that was rotated: it may write until somebody newer has.
        var (late, taken) = await TakeOverAsync(test).ConfigureAwait(false);
        await test.Other.WriteAsync(Key, "late", SecretCondition.WrittenBefore(late.Epoch, 1)).ConfigureAwait(false);
        await test.Other.WriteAsync(Key, "newer", SecretCondition.WrittenBefore(taken.Epoch, 1)).ConfigureAwait(false);
        await test.Other.DemandConflictAsync(Key, SecretCondition.WrittenBefore(late.Epoch, 2), "a newer epoch wrote it").ConfigureAwait(false);
    }

    private static async Task Many_advanced_epochs_are_all_different(StoreUnderTest test)
    {
        var epochs = await RaceAsync(Racers, index =>
            (index % 2 == 0 ? test.Leases : test.OtherLeases).AdvanceEpochAsync(Key).AsTask()).ConfigureAwait(false);
        Demand(epochs.Distinct().Count() == Racers, $"{Racers} epochs were drawn at once, and some were given out twice: {string.Join(", ", epochs.Order())}.");
    }

    private static async Task Writes_and_reads_do_not_need_the_lease(StoreUnderTest test)
    {
        var lease = await test.Leases.AcquireAsync(Key, "At first").ConfigureAwait(false);
        var write = test.Other.WriteAsync(Key, "value", SecretCondition.Any);
        await write.WaitAsync(Patience, TimeProvider.System).ConfigureAwait(false);
        await lease.ReleaseAsync(RefreshState.Alive).ConfigureAwait(false);
    }

    // A store that does not say when it gave out a lease is asked for nothing here: its ages count from each write.
    private static async Task An_age_counts_from_the_instant_that_its_write_names(StoreUnderTest test)
    {
        var lease = await test.Leases.AcquireAsync(Key, "At first").ConfigureAwait(false);
        if (lease.GrantedAt is not { } granted)
        {
            return;
        }

        var version = 0L;
        foreach (var write in new[] { "fenced", "any", "if version" })
        {
            var condition = write switch
            {
                "fenced" => SecretCondition.WrittenBefore(lease.Epoch, 1),
                "any" => SecretCondition.Any,
                _ => SecretCondition.IfVersion(version),
            };
            version = await test.Store.WriteAsync(Key, write, condition, granted - TimeSpan.FromHours(2)).ConfigureAwait(false);
            var old = await test.Other.ReadAsync(Key, write).ConfigureAwait(false);
            Demand(
                old.Age >= TimeSpan.FromHours(2) && old.Age < TimeSpan.FromHours(3),
                $"A write ({write}) named an instant two hours before a lease was given out, and the age is {old.Age}.");
        }

        await test.Store.WriteAsync(Key, "early", SecretCondition.WrittenBefore(lease.Epoch, 2), granted + TimeSpan.FromDays(1)).ConfigureAwait(false);
        var entry = await test.Other.ReadAsync(Key, "early").ConfigureAwait(false);
        Demand(
            entry.Age >= TimeSpan.Zero && entry.Age < TimeSpan.FromHours(1),
            $"A write named an instant that is yet to come, and the age is {entry.Age}: it counts from the write then.");
    }

    private static async Task<(RefreshLease Lost, RefreshLease Taken)> TakeOverAsync(StoreUnderTest test)
    {
        Demand(test.LoseLease is not null, "The checks of leases need StoreUnderTest.LoseLease.");
        var lost = await test.Leases.AcquireAsync(Key, "At first").ConfigureAwait(false);
        await test.LoseLease(lost).ConfigureAwait(false);
        return (lost, await test.OtherLeases.AcquireAsync(Key, "After the lease ran out").ConfigureAwait(false));
    }
}
