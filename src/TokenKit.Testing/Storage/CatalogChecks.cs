using System.Collections.Immutable;
using TokenKit.Storage;
using static TokenKit.Testing.ContractDemands;

namespace TokenKit.Testing;

/// <summary>The demands on listings, of stores that can list (<see cref="ISecretCatalog"/>).</summary>
internal static class CatalogChecks
{
    // A store on another machine may be slow, and times are told by its clock.
    private static readonly TimeSpan Tolerance = TimeSpan.FromMinutes(2);

    public static ImmutableArray<Func<StoreUnderTest, Task>> All { get; } =
    [
        A_listing_keeps_kinds_apart,
        A_listing_says_what_the_write_said,
        A_listing_says_the_version_and_the_age,
        What_is_due_first_is_listed_first_and_what_is_never_due_last,
        Only_what_is_due_is_listed_where_that_is_asked_for,
        A_listing_is_of_one_environment_and_of_names_with_one_beginning,
        What_was_removed_is_not_listed,
        Pages_hold_everything_once,
        A_lease_and_a_drawn_epoch_leave_the_listing_as_it_was,
    ];

    private static async Task A_listing_keeps_kinds_apart(StoreUnderTest test)
    {
        await test.Store.WriteAsync(Key, "secret", SecretCondition.Any).ConfigureAwait(false);
        await test.Store.WriteAsync(TokenSetKey, "token set", SecretCondition.Any).ConfigureAwait(false);
        await DemandListedAsync(test, Query(SecretKind.Secret), "the kind Secret", Key).ConfigureAwait(false);
        await DemandListedAsync(test, Query(SecretKind.TokenSet), "the kind TokenSet", TokenSetKey).ConfigureAwait(false);
        await DemandListedAsync(test, Query(), "all kinds", Key, TokenSetKey).ConfigureAwait(false);
    }

    private static async Task A_listing_says_what_the_write_said(StoreUnderTest test)
    {
        foreach (var (due, expires) in new (TimeSpan? Due, TimeSpan? Expires)[]
        {
            (TimeSpan.FromHours(1), TimeSpan.FromHours(2)), (null, null), (TimeSpan.FromHours(-1), TimeSpan.FromHours(1)), (null, TimeSpan.FromDays(1)),
            (TimeSpan.MinValue, TimeSpan.MaxValue),
        })
        {
            var write = await WriteAsync(test, TokenSetKey, due, expires).ConfigureAwait(false);
            var listed = (await ListAsync(test, Query()).ConfigureAwait(false)).Single();
            DemandClose("DueIn", write.DueIn, listed.DueIn);
            DemandClose("ExpiresIn", write.ExpiresIn, listed.ExpiresIn);
        }
    }

    private static async Task A_listing_says_the_version_and_the_age(StoreUnderTest test)
    {
        await test.Store.WriteAsync(Key, "first", SecretCondition.Any).ConfigureAwait(false);
        var version = await test.Store.WriteAsync(Key, "second", SecretCondition.Any).ConfigureAwait(false);
        var listed = (await ListAsync(test, Query()).ConfigureAwait(false)).Single();
        Demand(listed.Version == version, $"The stored version is {version}, and the listing says {listed.Version}.");
        Demand(
            listed.Age is null || (listed.Age >= TimeSpan.Zero && listed.Age < Tolerance),
            $"The secret was written just now, and the listing says that its age is {listed.Age}.");
    }

    private static async Task What_is_due_first_is_listed_first_and_what_is_never_due_last(StoreUnderTest test)
    {
        var order = new[] { -30, 10, 20, 60 };
        await WriteAsync(test, Numbered(0), due: null, expires: null).ConfigureAwait(false);
        foreach (var minutes in new[] { 20, -30, 60, 10 })
        {
            await WriteAsync(test, Numbered(minutes), TimeSpan.FromMinutes(minutes), TimeSpan.FromHours(2)).ConfigureAwait(false);
        }

        var listed = await ListAsync(test, Query()).ConfigureAwait(false);
        Demand(
            listed.Select(static secret => secret.Key).SequenceEqual(order.Append(0).Select(Numbered)),
            $"Secrets are due in -30, 10, 20 and 60 minutes and never, and were listed as {string.Join(", ", listed.Select(static secret => secret.Key))}.");
    }

    private static async Task Only_what_is_due_is_listed_where_that_is_asked_for(StoreUnderTest test)
    {
        await WriteAsync(test, Numbered(0), due: null, expires: null).ConfigureAwait(false);
        foreach (var minutes in new[] { -30, 10, 60 })
        {
            await WriteAsync(test, Numbered(minutes), TimeSpan.FromMinutes(minutes), TimeSpan.FromHours(2)).ConfigureAwait(false);
        }

        await DemandListedAsync(
            test, Query() with { DueWithin = TimeSpan.FromMinutes(30) }, "what is due within 30 minutes", Numbered(-30), Numbered(10)).ConfigureAwait(false);
    }

    private static async Task A_listing_is_of_one_environment_and_of_names_with_one_beginning(StoreUnderTest test)
    {
        SecretKey[] keys =
        [
            new("Contract", "crm"), new("Contract", "crm", "shop-7"), new("Contract", "crm-eu"), new("Contract", "CRM"), new("Contract", "erp"), new("Other", "crm"),
        ];
        foreach (var key in keys)
        {
            await test.Store.WriteAsync(key, "value", SecretCondition.Any).ConfigureAwait(false);
        }

        await DemandListedAsync(test, Query() with { NamePrefix = "crm" }, "names that begin with 'crm'", keys[0], keys[1], keys[2]).ConfigureAwait(false);
        await DemandListedAsync(test, new SecretQuery { Environment = "Other" }, "the environment 'Other'", keys[5]).ConfigureAwait(false);
        await DemandListedAsync(test, new SecretQuery { Environment = "contract" }, "an environment in which there is nothing").ConfigureAwait(false);
        await DemandListedAsync(test, Query() with { NamePrefix = "%" }, "names that begin with '%'").ConfigureAwait(false);
    }

    private static async Task What_was_removed_is_not_listed(StoreUnderTest test)
    {
        await WriteAsync(test, TokenSetKey, TimeSpan.FromMinutes(1), TimeSpan.FromHours(1)).ConfigureAwait(false);
        await test.Store.WriteAsync(Key, "stays", SecretCondition.Any).ConfigureAwait(false);
        await test.Store.RemoveAsync(TokenSetKey, SecretCondition.Any).ConfigureAwait(false);
        await DemandListedAsync(test, Query(), "what is left after a removal", Key).ConfigureAwait(false);
    }

    private static async Task Pages_hold_everything_once(StoreUnderTest test)
    {
        // Equal times, and none: a page may end between them.
        var keys = Enumerable.Range(0, 7).Select(Numbered).ToArray();
        foreach (var (index, key) in keys.Index())
        {
            await WriteAsync(test, key, index < 3 ? TimeSpan.FromHours(1) : null, expires: null).ConfigureAwait(false);
        }

        foreach (var size in new[] { 1, 3, 7, 8 })
        {
            var listed = await ListAsync(test, Query() with { PageSize = size }).ConfigureAwait(false);
            Demand(
                listed.Count == keys.Length && listed.Select(static secret => secret.Key).ToHashSet().SetEquals(keys),
                $"In pages of {size}, seven secrets were listed as {string.Join(", ", listed.Select(static secret => secret.Key))}.");
        }
    }

    private static async Task A_lease_and_a_drawn_epoch_leave_the_listing_as_it_was(StoreUnderTest test)
    {
        if (test.Store is not IRefreshLeaseProvider leases)
        {
            return;
        }

        await WriteAsync(test, TokenSetKey, TimeSpan.FromHours(1), TimeSpan.FromHours(2)).ConfigureAwait(false);
        await leases.AdvanceEpochAsync(TokenSetKey).ConfigureAwait(false);
        var lease = await leases.AcquireAsync(TokenSetKey, "After a write").ConfigureAwait(false);
        DemandClose("DueIn", TimeSpan.FromHours(1), (await ListAsync(test, Query()).ConfigureAwait(false)).Single().DueIn);
        await lease.ReleaseAsync(RefreshState.Alive).ConfigureAwait(false);
        DemandClose("ExpiresIn", TimeSpan.FromHours(2), (await ListAsync(test, Query()).ConfigureAwait(false)).Single().ExpiresIn);

        await leases.AcquireAsync(Key, "Without a value").ConfigureAwait(false);
        await DemandListedAsync(test, Query(), "what has a value", TokenSetKey).ConfigureAwait(false);
    }

    private static SecretKey Numbered(int number) =>
        new("Contract", "crm", string.Create(System.Globalization.CultureInfo.InvariantCulture, $"subject {number}")) { Kind = SecretKind.TokenSet };

    private static SecretQuery Query(SecretKind? kind = null) => new() { Environment = Key.Environment, Kind = kind };

    private static async Task<SecretWrite> WriteAsync(StoreUnderTest test, SecretKey key, TimeSpan? due, TimeSpan? expires)
    {
        var write = new SecretWrite(Bytes("token set"), SecretCondition.Any) { DueIn = due, ExpiresIn = expires };
        var result = await test.Store.SetAsync(key, write).ConfigureAwait(false);
        Demand(result.Outcome == SecretWriteOutcome.Written, $"SetAsync without a condition returned {result.Outcome}.");
        return write;
    }

    // By the other store object, where there is one: what is listed is stored.
    private static async Task<List<SecretListing>> ListAsync(StoreUnderTest test, SecretQuery query)
    {
        List<SecretListing> listed = [];
        do
        {
            var page = await ((ISecretCatalog)test.Other).ListAsync(query).ConfigureAwait(false);
            Demand(page.Secrets.Count <= query.PageSize, $"A page of {query.PageSize} at the most held {page.Secrets.Count} secrets.");
            Demand(page.Continuation is null || page.Secrets.Count > 0, "A page was empty and not the last.");
            listed.AddRange(page.Secrets);
            query = query with { Continuation = page.Continuation };
        }
        while (query.Continuation is not null);

        return listed;
    }

    private static async Task DemandListedAsync(StoreUnderTest test, SecretQuery query, string what, params SecretKey[] expected)
    {
        var listed = await ListAsync(test, query).ConfigureAwait(false);
        Demand(
            listed.Count == expected.Length && listed.Select(static secret => secret.Key).ToHashSet().SetEquals(expected),
            $"Asked for {what}, ListAsync should list {string.Join(", ", expected)} and listed {string.Join(", ", listed.Select(static secret => secret.Key))}.");
    }

    private static void DemandClose(string what, TimeSpan? written, TimeSpan? listed) => Demand(
        written is null ? listed is null : listed is { } found && (found - written.Value).Duration() < Tolerance,
        $"{what} was written as {written?.ToString() ?? "none"}, and the listing says {listed?.ToString() ?? "none"}.");
}
