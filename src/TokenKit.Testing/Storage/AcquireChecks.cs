using System.Collections.Immutable;
using System.Text;
using TokenKit.Storage;
using static TokenKit.Testing.ContractDemands;

namespace TokenKit.Testing;

/// <summary>The demands on the one step that adopts what is stored or begins a refresh.</summary>
internal static class AcquireChecks
{
    private static readonly TimeSpan Wait = TimeSpan.FromHours(1);

    public static ImmutableArray<Func<StoreUnderTest, Task>> All { get; } =
    [
        A_lease_is_taken_while_what_is_known_is_what_is_stored,
        News_are_told_and_no_lease_is_taken,
        News_are_told_also_while_another_holder_has_the_lease,
        A_removal_is_news,
        A_lease_without_knowledge_comes_with_what_is_stored,
        A_wait_stands_against_a_lease_unless_it_is_overridden,
        News_are_told_although_a_wait_stands,
        A_holder_is_told_although_a_wait_stands,
        A_renewal_tells_what_is_stored,
    ];

    private static async Task A_lease_is_taken_while_what_is_known_is_what_is_stored(StoreUnderTest test)
    {
        var first = await test.Leases.TryAcquireAsync(Key, Knowing(0)).ConfigureAwait(false);
        DemandTaken(first, "Nothing was stored, as was known");
        await first.Lease!.ReleaseAsync(RefreshState.Alive).ConfigureAwait(false);

        var version = await test.Store.WriteAsync(Key, "value", SecretCondition.Any).ConfigureAwait(false);
        var second = await test.OtherLeases.TryAcquireAsync(Key, Knowing(version)).ConfigureAwait(false);
        DemandTaken(second, $"Version {version} was stored, as was known");
        Demand(second.Entry is null, "What is stored was known, and TryAcquireAsync answered with it once more.");
    }

    private static async Task News_are_told_and_no_lease_is_taken(StoreUnderTest test)
    {
        var old = await test.Store.WriteAsync(Key, "old", SecretCondition.Any).ConfigureAwait(false);
        await test.Other.WriteAsync(Key, "new", SecretCondition.IfVersion(old)).ConfigureAwait(false);
        foreach (var known in new[] { old, 0 })
        {
            await DemandNewsAsync(test.Leases, known, "new").ConfigureAwait(false);
        }

        var next = await test.OtherLeases.AcquireAsync(Key, "After news were told").ConfigureAwait(false);
        Demand(!next.IsTakeover, "News were told and no lease given out, and the next lease says that it is a takeover.");
    }

    private static async Task News_are_told_also_while_another_holder_has_the_lease(StoreUnderTest test)
    {
        var lease = await test.Leases.AcquireAsync(Key, "At first").ConfigureAwait(false);
        var version = await test.Store.WriteAsync(Key, "new", SecretCondition.WrittenBefore(lease.Epoch, 1)).ConfigureAwait(false);
        await DemandNewsAsync(test.OtherLeases, 0, "new").ConfigureAwait(false);

        var answer = await test.OtherLeases.TryAcquireAsync(Key, Knowing(version)).ConfigureAwait(false);
        DemandOutcome(answer, LeaseOutcome.Held, "Another holder has the lease, and there are no news");
    }

    private static async Task A_removal_is_news(StoreUnderTest test)
    {
        var version = await test.Store.WriteAsync(Key, "value", SecretCondition.Any).ConfigureAwait(false);
        await test.Other.RemoveAsync(Key, SecretCondition.Any).ConfigureAwait(false);
        var answer = await test.Leases.TryAcquireAsync(Key, Knowing(version)).ConfigureAwait(false);
        DemandOutcome(answer, LeaseOutcome.Changed, "What was known was removed");
        Demand(answer.Entry is null, $"What was known was removed, and TryAcquireAsync answered with version {answer.Entry?.Version}.");
        DemandTaken(await test.Leases.TryAcquireAsync(Key, Knowing(0)).ConfigureAwait(false), "Nothing was stored any more, as was known");
    }

    private static async Task A_lease_without_knowledge_comes_with_what_is_stored(StoreUnderTest test)
    {
        var none = await test.Leases.TryAcquireAsync(Key, AnyLease).ConfigureAwait(false);
        Demand(none.Entry is null, $"Nothing was stored, and TryAcquireAsync answered with version {none.Entry?.Version}.");
        await none.Lease!.ReleaseAsync(RefreshState.Alive).ConfigureAwait(false);

        var version = await test.Store.WriteAsync(Key, "value", SecretCondition.Any).ConfigureAwait(false);
        var some = await test.OtherLeases.TryAcquireAsync(Key, AnyLease).ConfigureAwait(false);
        DemandTaken(some, "The lease was asked for whatever is stored");
        DemandEntry(some.Entry, "value", version, "TryAcquireAsync");
    }

    private static async Task A_wait_stands_against_a_lease_unless_it_is_overridden(StoreUnderTest test)
    {
        var left = await LeaveWaitAsync(test).ConfigureAwait(false);
        var answer = await test.OtherLeases.TryAcquireAsync(Key, Knowing(0)).ConfigureAwait(false);
        DemandOutcome(answer, LeaseOutcome.Waiting, $"A wait of {Wait} was left a moment ago");
        Demand(
            answer.State is { NotBefore.Ticks: > 0 } state && state.NotBefore <= Wait && state with { NotBefore = left.State.NotBefore } == left.State,
            $"The state {left.State} was left, and TryAcquireAsync answered with {answer.State}.");
        Demand(answer.LastEpoch == left.Epoch, $"Epoch {left.Epoch} was the last one given out, and TryAcquireAsync answered with {answer.LastEpoch}.");

        var lease = await test.Leases.AcquireAsync(Key, "Where the wait is overridden").ConfigureAwait(false);
        Demand(!lease.IsTakeover, "A wait stood against a lease, and the next lease says that it is a takeover.");
    }

    private static async Task News_are_told_although_a_wait_stands(StoreUnderTest test)
    {
        await LeaveWaitAsync(test).ConfigureAwait(false);
        await test.Store.WriteAsync(Key, "new", SecretCondition.Any).ConfigureAwait(false);
        await DemandNewsAsync(test.Leases, 0, "new").ConfigureAwait(false);
    }

    private static async Task A_holder_is_told_although_a_wait_stands(StoreUnderTest test)
    {
        await LeaveWaitAsync(test).ConfigureAwait(false);
        await test.Leases.AcquireAsync(Key, "Where the wait is overridden").ConfigureAwait(false);
        var answer = await test.OtherLeases.TryAcquireAsync(Key, Knowing(0)).ConfigureAwait(false);
        DemandOutcome(answer, LeaseOutcome.Held, "Another holder has overridden the wait");
    }

    private static async Task A_renewal_tells_what_is_stored(StoreUnderTest test)
    {
        var lease = await test.Leases.AcquireAsync(Key, "At first").ConfigureAwait(false);
        var none = await lease.RenewAsync(LeaseTime).ConfigureAwait(false);
        Demand(none.Entry is null, $"Nothing was stored, and RenewAsync answered with version {none.Entry?.Version}.");

        var version = await test.Other.WriteAsync(Key, "value", SecretCondition.Any).ConfigureAwait(false);
        DemandEntry((await lease.RenewAsync(LeaseTime).ConfigureAwait(false)).Entry, "value", version, "RenewAsync");
        await lease.ReleaseAsync(RefreshState.Alive).ConfigureAwait(false);
        DemandEntry((await lease.RenewAsync(LeaseTime).ConfigureAwait(false)).Entry, "value", version, "RenewAsync of a lease that was given back");
    }

    private static LeaseRequest Knowing(long version) => new(LeaseTime) { KnownVersion = version };

    private static async Task<(long Epoch, RefreshState State)> LeaveWaitAsync(StoreUnderTest test)
    {
        var state = new RefreshState { Status = GrantStatus.Alive, Reason = RefreshFailureReason.Throttled, NotBefore = Wait, Failures = 2, Tag = "tag" };
        var lease = await test.Leases.AcquireAsync(Key, "At first").ConfigureAwait(false);
        await lease.ReleaseAsync(state).ConfigureAwait(false);
        return (lease.Epoch, state);
    }

    private static async Task DemandNewsAsync(IRefreshLeaseProvider leases, long known, string expected)
    {
        var answer = await leases.TryAcquireAsync(Key, Knowing(known)).ConfigureAwait(false);
        DemandOutcome(answer, LeaseOutcome.Changed, $"'{expected}' is stored, and version {known} was known");
        DemandEntry(answer.Entry, expected, version: null, "TryAcquireAsync");
    }

    private static void DemandTaken(LeaseAnswer answer, string when) => DemandOutcome(answer, LeaseOutcome.Taken, when);

    private static void DemandOutcome(LeaseAnswer answer, LeaseOutcome expected, string when)
    {
        Demand(answer.Outcome == expected, $"{when}, and TryAcquireAsync answered {answer.Outcome}; it must be {expected}.");
        Demand(answer.Lease is not null == expected is LeaseOutcome.Taken, $"{when}, and the answer {expected} came {(answer.Lease is null ? "without" : "with")} a lease.");
    }

    private static void DemandEntry(SecretEntry? entry, string expected, long? version, string call)
    {
        Demand(entry is not null, $"'{expected}' is stored, and {call} answered without it.");
        var text = Encoding.UTF8.GetString(entry.Value.Span);
        Demand(text == expected && (version ?? entry.Version) == entry.Version, $"'{expected}' is stored as version {version}, and {call} answered with '{text}' as version {entry.Version}.");
    }
}
