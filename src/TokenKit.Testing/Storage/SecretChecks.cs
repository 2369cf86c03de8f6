using System.Collections.Immutable;
using TokenKit.Storage;
using static TokenKit.Testing.ContractDemands;

namespace TokenKit.Testing;

/// <summary>The demands on values, versions, conditions and keys.</summary>
internal static class SecretChecks
{
    private const int Racers = 16;

    public static ImmutableArray<Func<StoreUnderTest, Task>> All { get; } =
    [
        Nothing_is_stored_at_first,
        What_was_written_is_read_back_byte_for_byte,
        An_empty_value_is_stored_and_not_absent,
        The_bytes_are_not_kept_after_the_call,
        A_second_store_object_sees_what_the_first_wrote,
        Age_is_not_negative,
        Every_write_has_a_larger_version,
        A_version_is_not_used_again_after_a_removal,
        Any_writes_over_what_is_stored,
        Absent_writes_only_where_nothing_is_stored,
        IfVersion_writes_only_over_that_version,
        WrittenBefore_orders_writes_by_epoch_and_then_by_sequence,
        WrittenBefore_is_recorded_with_the_value,
        A_write_without_a_fence_leaves_the_fence,
        A_removal_leaves_the_fence,
        A_removal_says_whether_something_was_removed,
        A_removal_obeys_its_condition,
        Keys_are_never_confused,
        Two_kinds_of_one_name_do_not_meet,
        Of_many_writers_to_an_absent_key_one_wins,
        Of_many_writers_over_one_version_one_wins,
        No_increment_is_lost_between_many_writers,
        Of_many_fenced_writers_the_largest_epoch_stays,
        A_cancelled_write_leaves_the_old_or_the_new_value,
    ];

    private static async Task Nothing_is_stored_at_first(StoreUnderTest test)
    {
        await test.Store.DemandAbsentAsync(Key, "At first").ConfigureAwait(false);
        var removed = await test.Store.RemoveAsync(Key, SecretCondition.Any).ConfigureAwait(false);
        Demand(!removed, "Nothing was stored, and RemoveAsync returned true.");
    }

    private static async Task What_was_written_is_read_back_byte_for_byte(StoreUnderTest test)
    {
        var value = new byte[100_000];
        for (var index = 0; index < value.Length; index++)
        {
            value[index] = (byte)(index * 31);
        }

        await test.Store.SetAsync(Key, new SecretWrite(value, SecretCondition.Any)).ConfigureAwait(false);
        var entry = await test.Store.GetAsync(Key).ConfigureAwait(false);
        Demand(entry is not null, "A value of 100,000 bytes was stored and GetAsync returned null.");
        Demand(entry.Value.Span.SequenceEqual(value), "The bytes that were read are not those that were written.");
    }

    private static async Task An_empty_value_is_stored_and_not_absent(StoreUnderTest test) =>
        await test.Store.WriteAsync(Key, "", SecretCondition.Any).ConfigureAwait(false);

    private static async Task The_bytes_are_not_kept_after_the_call(StoreUnderTest test)
    {
        var value = Bytes("first");
        await test.Store.SetAsync(Key, new SecretWrite(value, SecretCondition.Any)).ConfigureAwait(false);
        value.AsSpan().Clear();
        await test.Store.ReadAsync(Key, "first").ConfigureAwait(false);
    }

    private static async Task A_second_store_object_sees_what_the_first_wrote(StoreUnderTest test)
    {
        var version = await test.Store.WriteAsync(Key, "first", SecretCondition.Absent).ConfigureAwait(false);
        await test.Other.ReadAsync(Key, "first").ConfigureAwait(false);
        await test.Other.WriteAsync(Key, "second", SecretCondition.IfVersion(version)).ConfigureAwait(false);
        await test.Store.ReadAsync(Key, "second").ConfigureAwait(false);
        await test.Other.RemoveAsync(Key, SecretCondition.Any).ConfigureAwait(false);
        await test.Store.DemandAbsentAsync(Key, "After the second store object removed the secret").ConfigureAwait(false);
    }

    private static async Task Age_is_not_negative(StoreUnderTest test)
    {
        await test.Store.WriteAsync(Key, "value", SecretCondition.Any).ConfigureAwait(false);
        var entry = await test.Other.ReadAsync(Key, "value").ConfigureAwait(false);
        Demand(entry.Age >= TimeSpan.Zero, $"The age is {entry.Age}.");
        Demand(entry.Age < TimeSpan.FromHours(1), $"The age of what was just written is {entry.Age}.");
    }

    private static async Task Every_write_has_a_larger_version(StoreUnderTest test)
    {
        var last = 0L;
        for (var index = 0; index < 5; index++)
        {
            // The same value again is a write like any other.
            var version = await test.Store.WriteAsync(Key, "same", SecretCondition.Any).ConfigureAwait(false);
            Demand(version > last, $"Version {version} was given out after version {last}.");
            last = version;
        }
    }

    private static async Task A_version_is_not_used_again_after_a_removal(StoreUnderTest test)
    {
        await test.Store.WriteAsync(Key, "first", SecretCondition.Any).ConfigureAwait(false);
        var removed = await test.Store.WriteAsync(Key, "second", SecretCondition.Any).ConfigureAwait(false);
        await test.Store.RemoveAsync(Key, SecretCondition.Any).ConfigureAwait(false);
        await test.Store.DemandAbsentAsync(Key, "After a removal").ConfigureAwait(false);
        await test.Store.DemandConflictAsync(Key, SecretCondition.IfVersion(removed), "that version was removed").ConfigureAwait(false);

        var version = await test.Store.WriteAsync(Key, "third", SecretCondition.Absent).ConfigureAwait(false);
        Demand(version > removed, $"Version {version} was given out after version {removed} had been removed.");
    }

    private static async Task Any_writes_over_what_is_stored(StoreUnderTest test)
    {
        await test.Store.WriteAsync(Key, "first", SecretCondition.Any).ConfigureAwait(false);
        await test.Store.WriteAsync(Key, "second", default).ConfigureAwait(false);
    }

    private static async Task Absent_writes_only_where_nothing_is_stored(StoreUnderTest test)
    {
        await test.Store.WriteAsync(Key, "first", SecretCondition.Absent).ConfigureAwait(false);
        await test.Store.DemandConflictAsync(Key, SecretCondition.Absent, "a value is stored").ConfigureAwait(false);
    }

    private static async Task IfVersion_writes_only_over_that_version(StoreUnderTest test)
    {
        await test.Store.DemandConflictAsync(Key, SecretCondition.IfVersion(0), "nothing is stored").ConfigureAwait(false);
        await test.Store.DemandConflictAsync(Key, SecretCondition.IfVersion(1), "nothing is stored").ConfigureAwait(false);
        var first = await test.Store.WriteAsync(Key, "first", SecretCondition.Any).ConfigureAwait(false);
        var second = await test.Store.WriteAsync(Key, "second", SecretCondition.IfVersion(first)).ConfigureAwait(false);
        await test.Store.DemandConflictAsync(Key, SecretCondition.IfVersion(first), "a newer version is stored").ConfigureAwait(false);
        await test.Store.DemandConflictAsync(Key, SecretCondition.IfVersion(second + 1), "that version does not exist yet").ConfigureAwait(false);
    }

    private static async Task WrittenBefore_orders_writes_by_epoch_and_then_by_sequence(StoreUnderTest test)
    {
        await test.Store.WriteAsync(Key, "5.1", SecretCondition.WrittenBefore(5, 1)).ConfigureAwait(false);
        await test.Store.DemandConflictAsync(Key, SecretCondition.WrittenBefore(5, 1), "(5, 1) wrote it").ConfigureAwait(false);
        await test.Store.DemandConflictAsync(Key, SecretCondition.WrittenBefore(4, 9), "the later epoch 5 wrote it").ConfigureAwait(false);
        await test.Store.WriteAsync(Key, "5.2", SecretCondition.WrittenBefore(5, 2)).ConfigureAwait(false);
        await test.Store.WriteAsync(Key, "7.1", SecretCondition.WrittenBefore(7, 1)).ConfigureAwait(false);
        await test.Other.DemandConflictAsync(Key, SecretCondition.WrittenBefore(5, 3), "the later epoch 7 wrote it").ConfigureAwait(false);
    }

    private static async Task WrittenBefore_is_recorded_with_the_value(StoreUnderTest test)
    {
        await test.Store.WriteAsync(Key, "unfenced", SecretCondition.Any).ConfigureAwait(false);
        var unfenced = await test.Store.ReadAsync(Key, "unfenced").ConfigureAwait(false);
        Demand(unfenced.WrittenEpoch == 0, $"No fenced write came, and the written epoch is {unfenced.WrittenEpoch}.");

        await test.Store.WriteAsync(Key, "fenced", SecretCondition.WrittenBefore(3, 2)).ConfigureAwait(false);
        var fenced = await test.Other.ReadAsync(Key, "fenced").ConfigureAwait(false);
        Demand(
            (fenced.WrittenEpoch, fenced.WrittenSequence) == (3, 2),
            $"(3, 2) wrote it, and the entry says ({fenced.WrittenEpoch}, {fenced.WrittenSequence}).");
    }

    private static async Task A_write_without_a_fence_leaves_the_fence(StoreUnderTest test)
    {
        await test.Store.WriteAsync(Key, "fenced", SecretCondition.WrittenBefore(3, 2)).ConfigureAwait(false);
        await test.Store.WriteAsync(Key, "unfenced", SecretCondition.Any).ConfigureAwait(false);
        await test.Store.DemandConflictAsync(Key, SecretCondition.WrittenBefore(3, 2), "(3, 2) has written before").ConfigureAwait(false);
        await test.Store.WriteAsync(Key, "later", SecretCondition.WrittenBefore(3, 3)).ConfigureAwait(false);
    }

    private static async Task A_removal_leaves_the_fence(StoreUnderTest test)
    {
        await test.Store.WriteAsync(Key, "fenced", SecretCondition.WrittenBefore(3, 2)).ConfigureAwait(false);
        await test.Store.RemoveAsync(Key, SecretCondition.Any).ConfigureAwait(false);
        await test.Store.DemandConflictAsync(Key, SecretCondition.WrittenBefore(2, 1), "the later epoch 3 has written before").ConfigureAwait(false);
        await test.Store.WriteAsync(Key, "later", SecretCondition.WrittenBefore(4, 1)).ConfigureAwait(false);
    }

    private static async Task A_removal_says_whether_something_was_removed(StoreUnderTest test)
    {
        await test.Store.WriteAsync(Key, "value", SecretCondition.Any).ConfigureAwait(false);
        Demand(
            await test.Store.RemoveAsync(Key, SecretCondition.Any).ConfigureAwait(false),
            "A value was stored, and RemoveAsync returned false.");
        Demand(
            !await test.Store.RemoveAsync(Key, SecretCondition.Any).ConfigureAwait(false),
            "The value had been removed before, and RemoveAsync returned true.");
    }

    private static async Task A_removal_obeys_its_condition(StoreUnderTest test)
    {
        var version = await test.Store.WriteAsync(Key, "value", SecretCondition.WrittenBefore(3, 1)).ConfigureAwait(false);
        foreach (var condition in new[]
        {
            SecretCondition.Absent, SecretCondition.IfVersion(version + 1), SecretCondition.WrittenBefore(3, 1),
        })
        {
            Demand(
                !await test.Store.RemoveAsync(Key, condition).ConfigureAwait(false),
                $"The condition {condition.Kind} did not hold, and RemoveAsync returned true.");
            await test.Store.ReadAsync(Key, "value").ConfigureAwait(false);
        }

        Demand(
            await test.Store.RemoveAsync(Key, SecretCondition.IfVersion(version)).ConfigureAwait(false),
            "The version was the stored one, and RemoveAsync returned false.");
        await test.Store.DemandAbsentAsync(Key, "After a removal").ConfigureAwait(false);
    }

    private static async Task Keys_are_never_confused(StoreUnderTest test)
    {
        var keys = HostileKeys();
        foreach (var (key, index) in keys.Select(static (key, index) => (key, index)))
        {
            await test.Store.WriteAsync(key, $"value {index}", SecretCondition.Absent).ConfigureAwait(false);
        }

        foreach (var (key, index) in keys.Select(static (key, index) => (key, index)))
        {
            await test.Other.ReadAsync(key, $"value {index}").ConfigureAwait(false);
        }
    }

    private static async Task Two_kinds_of_one_name_do_not_meet(StoreUnderTest test)
    {
        await test.Store.WriteAsync(Key, "secret", SecretCondition.WrittenBefore(7, 2)).ConfigureAwait(false);
        await test.Other.DemandAbsentAsync(TokenSetKey, "Of the other kind").ConfigureAwait(false);
        Demand(
            !await test.Store.RemoveAsync(TokenSetKey, SecretCondition.Any).ConfigureAwait(false),
            "Only a secret of that name was stored, and RemoveAsync of the token set returned true.");

        // Numbers of its own: an epoch that the fence of the secret would refuse, and a version of its own line.
        await test.Store.WriteAsync(TokenSetKey, "token set", SecretCondition.WrittenBefore(1, 1)).ConfigureAwait(false);
        for (var write = 0; write < 3; write++)
        {
            await test.Store.WriteAsync(TokenSetKey, "token set", SecretCondition.Any).ConfigureAwait(false);
        }

        var secret = await test.Other.ReadAsync(Key, "secret").ConfigureAwait(false);
        Demand(
            (secret.WrittenEpoch, secret.WrittenSequence) == (7, 2),
            $"(7, 2) wrote the secret and (1, 1) the token set of its name, and the secret says ({secret.WrittenEpoch}, {secret.WrittenSequence}).");
        await test.Store.WriteAsync(Key, "secret again", SecretCondition.IfVersion(secret.Version)).ConfigureAwait(false);

        var set = await test.Other.ReadAsync(TokenSetKey, "token set").ConfigureAwait(false);
        Demand(
            (set.WrittenEpoch, set.WrittenSequence) == (1, 1),
            $"(1, 1) wrote the token set and (7, 2) the secret of its name, and the token set says ({set.WrittenEpoch}, {set.WrittenSequence}).");
        await test.Store.RemoveAsync(TokenSetKey, SecretCondition.Any).ConfigureAwait(false);
        await test.Other.ReadAsync(Key, "secret again").ConfigureAwait(false);
        await test.Other.DemandAbsentAsync(TokenSetKey, "After its removal").ConfigureAwait(false);
    }

    private static async Task Of_many_writers_to_an_absent_key_one_wins(StoreUnderTest test)
    {
        for (var round = 0; round < 20; round++)
        {
            var key = new SecretKey("Contract", $"absent {round}");
            var results = await RaceAsync(Racers, index =>
                StoreFor(test, index).SetAsync(key, new SecretWrite(Bytes($"writer {index}"), SecretCondition.Absent)).AsTask()).ConfigureAwait(false);
            await DemandOneWinnerAsync(test, key, results).ConfigureAwait(false);
        }
    }

    private static async Task Of_many_writers_over_one_version_one_wins(StoreUnderTest test)
    {
        for (var round = 0; round < 20; round++)
        {
            var key = new SecretKey("Contract", $"version {round}");
            var version = await test.Store.WriteAsync(key, "before", SecretCondition.Absent).ConfigureAwait(false);
            var results = await RaceAsync(Racers, index =>
                StoreFor(test, index).SetAsync(key, new SecretWrite(Bytes($"writer {index}"), SecretCondition.IfVersion(version))).AsTask()).ConfigureAwait(false);
            await DemandOneWinnerAsync(test, key, results).ConfigureAwait(false);
        }
    }

    private static async Task No_increment_is_lost_between_many_writers(StoreUnderTest test)
    {
        const int each = 5;
        await test.Store.WriteAsync(Key, "0", SecretCondition.Absent).ConfigureAwait(false);
        await RaceAsync(Racers / 2, async index =>
        {
            var store = StoreFor(test, index);
            for (var done = 0; done < each;)
            {
                var entry = await store.GetAsync(Key).ConfigureAwait(false);
                Demand(entry is not null, "A value that is only ever overwritten was absent for a moment.");
                var next = int.Parse(entry.Value.Span, System.Globalization.CultureInfo.InvariantCulture) + 1;
                var result = await store.SetAsync(
                    Key, new SecretWrite(Bytes(next.ToString(System.Globalization.CultureInfo.InvariantCulture)), SecretCondition.IfVersion(entry.Version)))
                    .ConfigureAwait(false);
                done += result.Outcome == SecretWriteOutcome.Written ? 1 : 0;
            }

            return index;
        }).ConfigureAwait(false);
        await test.Store.ReadAsync(Key, $"{Racers / 2 * each}").ConfigureAwait(false);
    }

    private static async Task Of_many_fenced_writers_the_largest_epoch_stays(StoreUnderTest test)
    {
        for (var round = 0; round < 10; round++)
        {
            var key = new SecretKey("Contract", $"fence {round}");
            await RaceAsync(Racers, index =>
                StoreFor(test, index).SetAsync(key, new SecretWrite(Bytes($"epoch {index + 1}"), SecretCondition.WrittenBefore(index + 1, 1))).AsTask())
                .ConfigureAwait(false);
            await test.Store.ReadAsync(key, $"epoch {Racers}").ConfigureAwait(false);
        }
    }

    private static async Task A_cancelled_write_leaves_the_old_or_the_new_value(StoreUnderTest test)
    {
        var version = await test.Store.WriteAsync(Key, "old", SecretCondition.Any).ConfigureAwait(false);
        using var cancelled = new CancellationTokenSource();
        await cancelled.CancelAsync().ConfigureAwait(false);
        try
        {
            await test.Store.SetAsync(Key, new SecretWrite(Bytes("new"), SecretCondition.IfVersion(version)), cancelled.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // Allowed, and so is a write that was quicker than the cancellation.
        }

        var entry = await test.Store.GetAsync(Key).ConfigureAwait(false);
        Demand(entry is not null, "A write was cancelled, and nothing is stored any more.");
        await test.Store.ReadAsync(Key, entry.Version == version ? "old" : "new").ConfigureAwait(false);
    }

    private static async Task DemandOneWinnerAsync(StoreUnderTest test, SecretKey key, SecretWriteResult[] results)
    {
        var winners = results.Count(static result => result.Outcome == SecretWriteOutcome.Written);
        Demand(winners == 1, $"Of {results.Length} writers under one condition {winners} were told that they had written; it must be one.");
        await test.Store.ReadAsync(
            key, $"writer {Array.FindIndex(results, static result => result.Outcome == SecretWriteOutcome.Written)}").ConfigureAwait(false);
    }

    private static ISecretStore StoreFor(StoreUnderTest test, int index) => index % 2 == 0 ? test.Store : test.Other;

    private static List<SecretKey> HostileKeys()
    {
        string[] names =
        [
            "name", "Name", "NAME", "name ", " name", "../name", "..", ".", "a/b", "a\\b", "a:b", "a\0b", "a\nb", "a'b\"; --", "%2e%2e",
            "nul", "CON", "*", "~", "$(id)", "naïve", "nai\u0308ve", "名前", "🔑", "\u202Eeman", "\ud800", "\ud801", new string('x', 5_000),
            new string('x', 4_999),
        ];
        return
        [
            .. names.Select(static name => new SecretKey("Contract", name)),
            .. names.Select(static name => new SecretKey(name, "fixed")),
            .. names.Select(static name => new SecretKey("Contract", "fixed", name)),

            // The same text when the parts are joined, by nothing or by a slash.
            new("a", "bc"), new("a", "bc") { Kind = SecretKind.TokenSet }, new("ab", "c"), new("a", "b", "c"), new("a/b", "c"), new("a", "b/c"), new("", "a/b/c"), new("a", "", "bc"),
        ];
    }
}
