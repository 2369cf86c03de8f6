using System.Collections.Immutable;
using TokenKit.Storage;
using static TokenKit.Testing.ContractDemands;

namespace TokenKit.Testing;

/// <summary>
/// The demands on values of 256 KiB. A record can hold several access tokens and what came with them: a store that cuts or
/// refuses such a value loses a refresh token with it.
/// </summary>
internal static class LargeValueChecks
{
    private const int Size = 256 * 1024;

    public static ImmutableArray<Func<StoreUnderTest, Task>> OfSecrets { get; } =
    [
        A_large_value_is_read_back_byte_for_byte,
        A_large_value_obeys_conditions,
        A_large_value_is_listed,
    ];

    public static ImmutableArray<Func<StoreUnderTest, Task>> OfLeases { get; } =
    [
        A_large_value_is_written_under_a_lease,
    ];

    private static async Task A_large_value_is_read_back_byte_for_byte(StoreUnderTest test)
    {
        await test.Store.WriteAsync(Key, "small", SecretCondition.Any).ConfigureAwait(false);
        await WriteLargeAsync(test, seed: 1, SecretCondition.Any).ConfigureAwait(false);
        await WriteLargeAsync(test, seed: 2, SecretCondition.Any).ConfigureAwait(false);
        await test.Store.WriteAsync(Key, "small again", SecretCondition.Any).ConfigureAwait(false);
        await test.Other.ReadAsync(Key, "small again").ConfigureAwait(false);
    }

    private static async Task A_large_value_obeys_conditions(StoreUnderTest test)
    {
        var version = await WriteLargeAsync(test, seed: 1, SecretCondition.Absent).ConfigureAwait(false);
        await DemandRefusedAsync(test, stored: 1, SecretCondition.Absent).ConfigureAwait(false);
        await DemandRefusedAsync(test, stored: 1, SecretCondition.IfVersion(version + 1)).ConfigureAwait(false);
        await WriteLargeAsync(test, seed: 2, SecretCondition.IfVersion(version)).ConfigureAwait(false);
        await WriteLargeAsync(test, seed: 3, SecretCondition.WrittenBefore(3, 1)).ConfigureAwait(false);
        await DemandRefusedAsync(test, stored: 3, SecretCondition.WrittenBefore(3, 1)).ConfigureAwait(false);
        version = await WriteLargeAsync(test, seed: 4, SecretCondition.WrittenBefore(3, 2)).ConfigureAwait(false);
        Demand(
            await test.Other.RemoveAsync(Key, SecretCondition.IfVersion(version)).ConfigureAwait(false),
            $"A value of {Size} bytes was stored, and RemoveAsync returned false.");
        await test.Store.DemandAbsentAsync(Key, "After a removal").ConfigureAwait(false);
    }

    // A store that lists nothing has nothing to show here.
    private static async Task A_large_value_is_listed(StoreUnderTest test)
    {
        var version = await WriteLargeAsync(test, seed: 1, SecretCondition.Any).ConfigureAwait(false);
        foreach (var catalog in new[] { test.Store, test.Other }.OfType<ISecretCatalog>())
        {
            var page = await catalog.ListAsync(new SecretQuery { Environment = Key.Environment }).ConfigureAwait(false);
            Demand(
                page.Secrets is [var listed] && listed.Key == Key && listed.Version == version,
                $"A value of {Size} bytes is stored as version {version} and nothing else, and ListAsync returned {page.Secrets.Count} secrets: "
                + string.Join(", ", page.Secrets.Select(static secret => $"{secret.Key.Name} version {secret.Version}")));
        }
    }

    private static async Task A_large_value_is_written_under_a_lease(StoreUnderTest test)
    {
        var lease = await test.Leases.AcquireAsync(Key, "At first").ConfigureAwait(false);
        await WriteLargeAsync(test, seed: 1, SecretCondition.WrittenBefore(lease.Epoch, 1)).ConfigureAwait(false);
        Demand((await lease.RenewAsync(LeaseTime).ConfigureAwait(false)).IsHeld, "The lease is held, and RenewAsync says that it is lost.");
        await WriteLargeAsync(test, seed: 2, SecretCondition.WrittenBefore(lease.Epoch, 2)).ConfigureAwait(false);
        await test.OtherLeases.DemandHeldAsync(Key, $"After {Size} bytes were written under it").ConfigureAwait(false);
        await lease.ReleaseAsync(RefreshState.Alive).ConfigureAwait(false);
        await DemandStoredAsync(test.Other, seed: 2).ConfigureAwait(false);

        var next = await test.OtherLeases.AcquireAsync(Key, "After the release").ConfigureAwait(false);
        await DemandRefusedAsync(test, stored: 2, SecretCondition.WrittenBefore(lease.Epoch, 2)).ConfigureAwait(false);
        var result = await next.WriteAsync(new SecretWrite(Large(seed: 3), SecretCondition.WrittenBefore(next.Epoch, 1)), RefreshState.Alive).ConfigureAwait(false);
        Demand(result.Outcome == SecretWriteOutcome.Written, $"The condition held, and WriteAsync returned {result.Outcome} for {Size} bytes.");
        await DemandStoredAsync(test.Store, seed: 3).ConfigureAwait(false);
        var last = await test.Leases.AcquireAsync(Key, $"After {Size} bytes were the last write").ConfigureAwait(false);
        Demand(!last.IsTakeover, $"A last write of {Size} bytes gave the lease back, and the next one says that it is a takeover.");
    }

    private static async Task<long> WriteLargeAsync(StoreUnderTest test, uint seed, SecretCondition condition)
    {
        var result = await test.Store.SetAsync(Key, new SecretWrite(Large(seed), condition)).ConfigureAwait(false);
        Demand(
            result.Outcome == SecretWriteOutcome.Written,
            $"The condition {condition.Kind} held, and SetAsync returned {result.Outcome} for {Size} bytes.");
        await DemandStoredAsync(test.Store, seed).ConfigureAwait(false);
        await DemandStoredAsync(test.Other, seed).ConfigureAwait(false);
        return result.Version;
    }

    private static async Task DemandRefusedAsync(StoreUnderTest test, uint stored, SecretCondition condition)
    {
        var result = await test.Store.SetAsync(Key, new SecretWrite(Large(seed: 99), condition)).ConfigureAwait(false);
        Demand(
            result.Outcome == SecretWriteOutcome.Conflict,
            $"The condition {condition.Kind} did not hold, and SetAsync returned {result.Outcome} for {Size} bytes.");
        await DemandStoredAsync(test.Other, stored).ConfigureAwait(false);
    }

    private static async Task DemandStoredAsync(ISecretStore store, uint seed)
    {
        var entry = await store.GetAsync(Key).ConfigureAwait(false);
        Demand(entry is not null, $"A value of {Size} bytes was stored and GetAsync returned null.");
        Demand(entry.Value.Length == Size, $"A value of {Size} bytes was stored and GetAsync returned {entry.Value.Length} bytes.");
        Demand(entry.Value.Span.SequenceEqual(Large(seed)), $"Of {Size} bytes those that were read are not those that were written.");
    }

    // The same for the same seed, and nothing that a store could make smaller (xorshift, Marsaglia 2003).
    private static byte[] Large(uint seed)
    {
        var value = new byte[Size];
        var state = seed;
        for (var index = 0; index < Size; index++)
        {
            state ^= state << 13;
            state ^= state >> 17;
            state ^= state << 5;
            value[index] = (byte)state;
        }

        return value;
    }
}
