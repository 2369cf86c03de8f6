using TokenKit.Storage;
using TokenKit.Values;

namespace TokenKit.PostgreSql.Tests;

[Collection(DatabaseCollection.Name)]
public sealed class SecretCatalogTests(TestDatabase database)
{
    [PostgreSqlFact]
    public async Task Pages_come_by_due_time_and_hold_every_secret_once()
    {
        var store = await OpenAsync();
        for (var index = 0; index < 25; index++)
        {
            await store.SetAsync(new SecretKey("Test", "crm", $"tenant {index}") { Kind = SecretKind.TokenSet }, TokenSetDueIn(TimeSpan.FromMinutes(60 - index)));
        }

        await store.SetAsync(new SecretKey("Test", "crm-client-secret"), new SecretWrite("password"u8.ToArray(), SecretCondition.Any));
        await store.SetAsync(new SecretKey("Test", "erp") { Kind = SecretKind.TokenSet }, TokenSetDueIn(TimeSpan.FromMinutes(1)));
        await store.SetAsync(new SecretKey("Staging", "crm") { Kind = SecretKind.TokenSet }, TokenSetDueIn(TimeSpan.FromMinutes(1)));
        await store.SetAsync(new SecretKey("Test", "crm-removed") { Kind = SecretKind.TokenSet }, TokenSetDueIn(TimeSpan.FromMinutes(1)));
        await store.RemoveAsync(new SecretKey("Test", "crm-removed") { Kind = SecretKind.TokenSet }, SecretCondition.Any);

        List<SecretListing> listed = [];
        var query = new SecretQuery { Environment = "Test", NamePrefix = "crm", PageSize = 4 };
        for (string? continuation = ""; continuation is not null;)
        {
            var page = await store.ListAsync(query with { Continuation = continuation.Length == 0 ? null : continuation });
            page.Secrets.Count.Should().BeLessThanOrEqualTo(4);
            listed.AddRange(page.Secrets);
            continuation = page.Continuation;
        }

        listed.Select(static secret => secret.Key.Subject).Should().Equal([.. Enumerable.Range(0, 25).Reverse().Select(static index => $"tenant {index}"), ""]);
        (listed[^1] with { Age = null }).Should().Be(new SecretListing { Key = new SecretKey("Test", "crm-client-secret"), Version = 1, DueIn = null, ExpiresIn = null }, "a password is never due");
        listed.Should().OnlyContain(listing => listing.Age >= TimeSpan.Zero && listing.Age < TimeSpan.FromMinutes(5));
        listed[0].DueIn.Should().BeCloseTo(TimeSpan.FromMinutes(36), TimeSpan.FromMinutes(1));
        listed[0].ExpiresIn.Should().BeGreaterThan(listed[0].DueIn!.Value);
    }

    [PostgreSqlFact]
    public async Task Only_what_is_due_in_time_is_listed_where_that_is_asked()
    {
        var store = await OpenAsync();
        foreach (var minutes in new[] { -5, 5, 50 })
        {
            await store.SetAsync(new SecretKey("Test", $"in {minutes}") { Kind = SecretKind.TokenSet }, TokenSetDueIn(TimeSpan.FromMinutes(minutes)));
        }

        var page = await store.ListAsync(new SecretQuery { Environment = "Test", DueWithin = TimeSpan.FromMinutes(10) });

        page.Secrets.Select(static secret => secret.Key.Name).Should().Equal("in -5", "in 5");
        page.Continuation.Should().BeNull();
    }

    [PostgreSqlFact]
    public async Task What_is_written_without_a_time_is_never_due_whatever_its_bytes_look_like()
    {
        var store = await OpenAsync();
        await store.SetAsync(new SecretKey("Test", "crm"), TokenSetDueIn(TimeSpan.FromMinutes(5)) with { DueIn = null });

        var page = await store.ListAsync(new SecretQuery { Environment = "Test" });

        page.Secrets.Should().ContainSingle().Which.DueIn.Should().BeNull();
    }

    [PostgreSqlFact]
    public async Task Names_of_any_characters_come_back_as_they_were()
    {
        var store = await OpenAsync();
        string[] names = ["a\\0000", "a\0b", "a\nb", "\ud800", "\ud83d\udd11", "%_*'\"", "na\u0308ive"];
        foreach (var name in names)
        {
            await store.SetAsync(new SecretKey("T\0", name, name), new SecretWrite("x"u8.ToArray(), SecretCondition.Any));
        }

        var page = await store.ListAsync(new SecretQuery { Environment = "T\0" });

        page.Secrets.Select(static secret => secret.Key).Should().BeEquivalentTo(names.Select(static name => new SecretKey("T\0", name, name)));
    }

    [PostgreSqlFact]
    public async Task A_continuation_of_somebody_else_is_refused()
    {
        var store = await OpenAsync();
        var list = async () => await store.ListAsync(new SecretQuery { Environment = "Test", Continuation = "'; --" });

        await list.Should().ThrowAsync<ArgumentException>();
    }

    [PostgreSqlFact]
    public async Task After_sealing_anew_the_old_key_is_needed_no_more_and_no_number_has_changed()
    {
        var options = database.NewOptions();
        var before = new PostgreSqlSecretStore(database.DataSource, options, TestKeys.Protector());
        for (var index = 0; index < 130; index++)
        {
            await before.SetAsync(new SecretKey("Test", $"{index}"), new SecretWrite("value"u8.ToArray(), SecretCondition.WrittenBefore(3, 2)));
        }

        var both = new PostgreSqlSecretStore(database.DataSource, options, TestKeys.Protector(TestKeys.OtherKey, TestKeys.Key));
        await both.SetAsync(new SecretKey("Test", "new"), new SecretWrite("value"u8.ToArray(), SecretCondition.Any));

        (await both.ReencryptAsync()).Should().Be(130);
        (await both.ReencryptAsync()).Should().Be(0);
        var after = new PostgreSqlSecretStore(database.DataSource, options, TestKeys.Protector(TestKeys.OtherKey));
        for (var index = 0; index < 130; index++)
        {
            var entry = (await after.GetAsync(new SecretKey("Test", $"{index}")))!;
            (entry.Version, entry.WrittenEpoch, entry.WrittenSequence).Should().Be((1, 3, 2));
        }
    }

    [PostgreSqlFact]
    public async Task Keys_are_rotated_under_load_and_no_write_is_lost_or_unreadable()
    {
        var options = database.NewOptions();
        string[] rings = [TestKeys.Key, TestKeys.OtherKey];
        var key = new SecretKey("Test", "crm");
        await new PostgreSqlSecretStore(database.DataSource, options, TestKeys.Protector()).SetAsync(key, new SecretWrite(new byte[4], SecretCondition.Any));
        var rotations = LongRun.Of(50, 5);
        var written = 0;
        for (var rotation = 0; rotation < rotations; rotation++)
        {
            var (current, former) = (rings[(rotation + 1) % 2], rings[rotation % 2]);
            var resealing = new PostgreSqlSecretStore(database.DataSource, options, TestKeys.Protector(current, former));

            // Some processes have the new order of keys already, some have not; all have both keys.
            await Task.WhenAll(Enumerable.Range(0, 8).Select(async index =>
            {
                var store = new PostgreSqlSecretStore(
                    database.DataSource, options, index % 2 == 0 ? TestKeys.Protector(current, former) : TestKeys.Protector(former, current));
                for (var done = false; !done;)
                {
                    var entry = (await store.GetAsync(key))!;
                    var next = BitConverter.GetBytes(BitConverter.ToInt32(entry.Value.Span) + 1);
                    done = (await store.SetAsync(key, new SecretWrite(next, SecretCondition.IfVersion(entry.Version)))).Outcome is SecretWriteOutcome.Written;
                    await resealing.ReencryptAsync();
                }
            }));
            written += 8;

            // Now all seal with the new one.
            await resealing.ReencryptAsync();
            var entry = (await new PostgreSqlSecretStore(database.DataSource, options, TestKeys.Protector(current)).GetAsync(key))!;
            BitConverter.ToInt32(entry.Value.Span).Should().Be(written);
        }
    }

    private static SecretWrite TokenSetDueIn(TimeSpan due)
    {
        var now = ClockReading.Now(TimeProvider.System);
        return TokenSetCodec.WriteOf(
            TokenRecord.Of(
                new TokenSet
                {
                    AccessToken = new SecretText("access"),
                    TokenType = "Bearer",
                    ObtainedAt = now.Utc - TimeSpan.FromHours(1),
                    Lifetime = TimeSpan.FromHours(3),
                    RefreshAfter = TimeSpan.FromHours(1) + due,
                },
                default),
            now,
            SecretCondition.Any);
    }

    private async Task<PostgreSqlSecretStore> OpenAsync()
    {
        var store = new PostgreSqlSecretStore(database.DataSource, database.NewOptions(), TestKeys.Protector());
        await store.CreateSchemaAsync();
        return store;
    }
}
