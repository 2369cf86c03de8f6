using System.Diagnostics.CodeAnalysis;
using System.Text;
using TokenKit.Storage;

namespace TokenKit.Testing;

/// <summary>How checks say what they demand.</summary>
internal static class ContractDemands
{
    /// <summary>Generous: it only turns a check that would hang into one that fails.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    public static readonly TimeSpan LeaseTime = TimeSpan.FromMinutes(1);

    /// <summary>Takes the lease whatever is stored, and whatever wait was left.</summary>
    public static LeaseRequest AnyLease => new(LeaseTime) { OverridesWait = true };

    public static SecretKey Key { get; } = new("Contract", "token");

    /// <summary>Differs from <see cref="Key"/> in the kind alone.</summary>
    public static SecretKey TokenSetKey { get; } = Key with { Kind = SecretKind.TokenSet };

    public static void Demand([DoesNotReturnIf(false)] bool condition, string violation)
    {
        if (!condition)
        {
            throw new ContractViolationException(violation);
        }
    }

    public static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);

    public static async Task<SecretEntry> ReadAsync(this ISecretStore store, SecretKey key, string expected)
    {
        var entry = await store.GetAsync(key).ConfigureAwait(false);
        Demand(entry is not null, $"'{expected}' was stored and GetAsync returned null.");
        var text = Encoding.UTF8.GetString(entry.Value.Span);
        Demand(text == expected, $"'{expected}' was stored and GetAsync returned '{text}'.");
        return entry;
    }

    public static async Task DemandAbsentAsync(this ISecretStore store, SecretKey key, string when)
    {
        var entry = await store.GetAsync(key).ConfigureAwait(false);
        Demand(entry is null, $"{when} nothing is stored, and GetAsync returned version {entry?.Version}.");
    }

    public static async Task<long> WriteAsync(
        this ISecretStore store, SecretKey key, string value, SecretCondition condition, DateTimeOffset? ageCountsFrom = null)
    {
        var result = await store.SetAsync(key, new SecretWrite(Bytes(value), condition) { AgeCountsFrom = ageCountsFrom }).ConfigureAwait(false);
        Demand(
            result.Outcome == SecretWriteOutcome.Written,
            $"The condition {Describe(condition)} held and SetAsync returned {result.Outcome}.");
        var entry = await store.ReadAsync(key, value).ConfigureAwait(false);
        Demand(
            entry.Version == result.Version,
            $"SetAsync returned version {result.Version} and GetAsync then version {entry.Version}.");
        return result.Version;
    }

    public static async Task DemandConflictAsync(this ISecretStore store, SecretKey key, SecretCondition condition, string why)
    {
        var before = await store.GetAsync(key).ConfigureAwait(false);
        var result = await store.SetAsync(key, new SecretWrite(Bytes("refused"), condition)).ConfigureAwait(false);
        Demand(
            result.Outcome == SecretWriteOutcome.Conflict,
            $"The condition {Describe(condition)} did not hold, since {why}, and SetAsync returned {result.Outcome}.");
        var after = await store.GetAsync(key).ConfigureAwait(false);
        Demand(
            before?.Version == after?.Version && (before is null || before.Value.Span.SequenceEqual(after!.Value.Span)),
            $"A write that was refused ({Describe(condition)}) changed what is stored.");
        Demand(
            result.Version == (after?.Version ?? 0),
            $"A refused write returned version {result.Version}; stored is {after?.Version ?? 0}.");
    }

    public static async Task<RefreshLease> AcquireAsync(this IRefreshLeaseProvider leases, SecretKey key, string when)
    {
        var answer = await leases.TryAcquireAsync(key, AnyLease).ConfigureAwait(false);
        Demand(
            answer is { Outcome: LeaseOutcome.Taken, Lease: not null },
            $"{when} nobody holds the lease, and TryAcquireAsync answered {answer.Outcome}{(answer.Lease is null ? " without a lease" : "")}.");
        var lease = answer.Lease!;
        Demand(lease.Epoch >= 1, $"The epoch of a lease is {lease.Epoch}; it must be 1 or more.");
        return lease;
    }

    public static async Task DemandHeldAsync(this IRefreshLeaseProvider leases, SecretKey key, string when)
    {
        var answer = await leases.TryAcquireAsync(key, AnyLease).ConfigureAwait(false);
        Demand(answer.Lease is null, $"{when} the lease is held, and a second one was given out with epoch {answer.Lease?.Epoch}.");
        Demand(answer.Outcome is LeaseOutcome.Held, $"{when} the lease is held, and TryAcquireAsync answered {answer.Outcome}.");
    }

    /// <summary>Starts all at one moment, on as many threads as there are.</summary>
    public static async Task<T[]> RaceAsync<T>(int count, Func<int, Task<T>> run)
    {
        var start = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var runners = Enumerable.Range(0, count).Select(RunAsync).ToArray();
        start.SetResult();
        return await Task.WhenAll(runners).WaitAsync(Patience, TimeProvider.System).ConfigureAwait(false);

        async Task<T> RunAsync(int index)
        {
            await start.Task.ConfigureAwait(false);
            return await run(index).ConfigureAwait(false);
        }
    }

    private static string Describe(SecretCondition condition) => condition.Kind switch
    {
        SecretConditionKind.IfVersion => $"IfVersion({condition.Number})",
        SecretConditionKind.WrittenBefore => $"WrittenBefore({condition.Number}, {condition.Sequence})",
        _ => condition.Kind.ToString(),
    };
}
