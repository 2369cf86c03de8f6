using System.Collections.Immutable;
using TokenKit.Storage;
using TokenKit.Testing;
using TokenKit.Values;

namespace TokenKit.Tests;

/// <summary>Which access tokens a record holds after a write, and which it lets go.</summary>
public sealed class TokenRecordTests
{
    private static readonly DateTimeOffset Noon = new(2026, 11, 21, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void A_token_takes_the_place_of_the_one_of_its_audience_resource_and_url()
    {
        var record = After(After(null, Set("a", mark: "read")), Set("b", mark: "read write"));

        Texts(record).Should().Equal("b");
    }

    [Fact]
    public void Tokens_of_other_targets_stand_side_by_side()
    {
        var record = After(After(null, Set("a", target: "orders")), Set("b", target: "invoices"));

        Texts(record).Should().Equal("b", "a");
        record.Beside.Should().OnlyContain(static token => token.Set.RefreshToken == null, "there is one refresh token, and the last write has it");
        record.Last.RefreshToken!.Reveal().Should().Be("rt-b");
    }

    [Fact]
    public void Where_the_server_keeps_former_tokens_each_mark_has_a_place()
    {
        var record = After(After(After(null, Set("a", mark: "read"), many: true), Set("b", mark: "write"), many: true), Set("c", mark: "read"), many: true);

        Texts(record).Should().Equal("c", "b");
    }

    [Fact]
    public void Expired_tokens_go_with_the_next_write()
    {
        var record = After(After(null, Set("a", target: "orders")), Set("b", target: "invoices"), now: Noon.AddHours(1));

        Texts(record).Should().Equal("b");
    }

    [Fact]
    public void A_ninth_that_would_push_out_one_that_works_is_left_out_and_its_refresh_token_is_not()
    {
        TokenRecord? record = null;
        for (var number = 1; number <= TokenRecord.MostTokens; number++)
        {
            record = After(record, Set($"{number}", mark: $"{number}"), many: true);
        }

        record = TokenRecord.After(record, Set("9", mark: "9"), new WriteOrder(9, 1), many: true, Noon, out var isKept);

        isKept.Should().BeFalse();
        record.Tokens.Select(Text).Should().Equal("8", "7", "6", "5", "4", "3", "2", "1");
        record.Last.RefreshToken!.Reveal().Should().Be("rt-9");

        After(record, Set("10", mark: "9"), many: true, now: Noon.AddMinutes(61)).Tokens.Select(Text).Should().Equal("10");
    }

    [Fact]
    public void What_a_record_would_hold_beyond_the_newest_token_has_a_bound()
    {
        var large = Set(new string('a', TokenRecord.MostBeside), target: "orders");
        After(null, large).Tokens.Should().ContainSingle("the newest token itself may be as large as it is");

        var record = TokenRecord.After(After(null, large), Set("b", target: "invoices", scope: "s"), new WriteOrder(2, 1), many: false, Noon, out var isKept);

        isKept.Should().BeFalse();
        record.Tokens.Select(Text).Should().Equal([large.AccessToken!.Reveal()], "one that works is never put out");
        record.Last.RefreshToken!.Reveal().Should().Be("rt-b");
    }

    [Fact]
    public void A_salvaged_refresh_token_leaves_the_token_and_the_write_that_brought_it()
    {
        var record = After(null, Set("a"), epoch: 3);

        var salvaged = After(record, Set("a") with { RefreshToken = new SecretText("rt-new") }, epoch: 4);

        salvaged.Written.Should().Be(new WriteOrder(3, 1), "to nobody else is it news");
        salvaged.Last.RefreshToken!.Reveal().Should().Be("rt-new");
    }

    [Fact]
    public void Another_grant_takes_the_place_of_everything_that_can_be_had_again()
    {
        var record = After(After(null, Set("a", target: "orders") with { RefreshToken = null }), Set("b", grant: "other") with { RefreshToken = null });

        Texts(record).Should().Equal("b");
    }

    [Fact]
    public void Marks_that_are_absent_or_of_a_later_version_are_those_of_any_place()
    {
        var unknown = Set("a") with { Marks = TokenMarks.Absent };

        Texts(After(After(null, unknown), Set("b", target: "orders"))).Should().Equal("b");
        Texts(After(After(null, Set("b", target: "orders")), unknown)).Should().Equal("a");
    }

    [Fact]
    public void The_last_eight_seeds_are_remembered_over_every_write()
    {
        TokenRecord? record = null;
        for (var number = 1; number <= 10; number++)
        {
            record = After(record, Set("a") with { SeedHashes = [$"seed-{number}"] });
        }

        record = After(record, Set("b"));

        record.Last.SeedHashes.Should().Equal("seed-10", "seed-9", "seed-8", "seed-7", "seed-6", "seed-5", "seed-4", "seed-3");
        record.WithSeed("seed-5").Last.SeedHashes[0].Should().Be("seed-5");
        record.WithSeed("seed-5").Last.SeedHashes.Should().HaveCount(8);
    }

    [Fact]
    public void A_wall_clock_that_was_set_back_since_the_reading_makes_no_token_younger()
    {
        var time = new ManualTimeProvider();
        var readAt = ClockReading.Now(time);
        var aged = readAt.Utc - TimeSpan.FromMinutes(50);
        var record = After(After(null, Set("a", target: "orders") with { ObtainedAt = aged }, now: readAt.Utc), Set("b") with { ObtainedAt = aged }, now: readAt.Utc);
        time.Advance(TimeSpan.FromMinutes(1));
        time.JumpWallClock(TimeSpan.FromHours(-2));
        var now = ClockReading.Now(time);

        var later = record.AsOf(now, readAt, time);

        later.Tokens.Select(token => now.Utc - token.Set.ObtainedAt).Should().OnlyContain(static age => age == TimeSpan.FromMinutes(51));
        record.AsOf(readAt, readAt, time).Should().BeSameAs(record);
    }

    [Fact]
    public void The_newest_of_a_registration_is_neither_another_s_nor_the_last_written_of_all()
    {
        var record = After(After(After(null, Set("a", mark: "1"), many: true, epoch: 1), Set("b", mark: "2"), many: true, epoch: 2), Set("c", mark: "3", registration: "billing"), many: true, epoch: 3);

        Text(record.NewestOf("crm")!).Should().Be("b");
        Text(record.NewestOf("billing")!).Should().Be("c");
        record.NewestOf("shop").Should().BeNull();
    }

    private static TokenRecord After(TokenRecord? before, TokenSet set, bool many = false, DateTimeOffset? now = null, long epoch = 1) =>
        TokenRecord.After(before, set, new WriteOrder(epoch, 1), many, now ?? Noon, out _);

    private static IEnumerable<string> Texts(TokenRecord record) => record.Tokens.Select(Text);

    private static string Text(StoredToken token) => token.Set.AccessToken!.Reveal();

    private static TokenSet Set(
        string token, string mark = "read", string target = "api", string grant = "grant", string registration = "crm", string? scope = null) => new()
        {
            Marks = new TokenMarks
            {
                Grant = DefinitionMark.Of(grant), Token = DefinitionMark.Of(mark), Target = DefinitionMark.Of(target), Registration = registration,
            },
            AccessToken = new SecretText(token),
            RefreshToken = new SecretText(token.Length > 9 ? "rt" : $"rt-{token}"),
            Scope = scope,
            ObtainedAt = Noon,
            Lifetime = TimeSpan.FromHours(1),
            RefreshAfter = TimeSpan.FromMinutes(45),
            Values = ImmutableDictionary<string, TokenValue>.Empty,
        };
}
