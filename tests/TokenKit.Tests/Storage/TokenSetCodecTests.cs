using System.Collections.Immutable;
using System.Text;
using FsCheck;
using FsCheck.Fluent;
using TokenKit.Storage;
using TokenKit.Values;

namespace TokenKit.Tests;

public sealed class TokenSetCodecTests
{
    private static readonly SecretKey Key = new("Test", "crm") { Kind = SecretKind.TokenSet };
    private static readonly DateTimeOffset Noon = new(2026, 11, 21, 12, 0, 0, TimeSpan.Zero);

    private static readonly WriteOrder Written = new(7, 2);

    private static readonly TokenMarks Marks = new()
    {
        Grant = DefinitionMark.Of("grant"), Token = DefinitionMark.Of("token"), Target = DefinitionMark.Of("target"), Registration = "crm",
    };

    private static readonly TokenSet Set = new()
    {
        Marks = Marks,
        AccessToken = new SecretText("access + é 1"),
        RefreshToken = new SecretText("refresh-1"),
        TokenType = "bearer",
        Scope = "orders.read orders.write",
        ObtainedAt = Noon,
        Lifetime = TimeSpan.FromHours(1),
        RefreshAfter = TimeSpan.FromMinutes(45),
        RefreshTokenExpiresAt = Noon.AddDays(1).AddMilliseconds(1500),
        Values = ImmutableDictionary<string, TokenValue>.Empty
            .Add("instance_url", new TokenValue("https://eu1.api.example"))
            .Add("session", new TokenValue("s-1", isSecret: true)),
        SeedHashes = ["5f2c", "1e00"],
    };

    [Fact]
    public void A_set_is_read_back_as_it_was_written()
    {
        var value = TokenSetCodec.Encode(TokenRecord.Of(Set, Written), At(Noon.AddMinutes(2)));

        var read = TokenSetCodec.Decode(EntryOf(value, TimeSpan.FromMinutes(3)), At(Noon.AddMinutes(5)), Key).Last;

        DemandSame(read, Set);
    }

    [Fact]
    public void Tokens_beside_the_last_one_are_read_back_with_the_write_that_brought_each()
    {
        var record = new TokenRecord(Set, Written, [Beside("north", 3), Beside("south", 5)]);

        var read = TokenSetCodec.Decode(EntryOf(TokenSetCodec.Encode(record, At(Noon.AddMinutes(2))), TimeSpan.FromMinutes(3)), At(Noon.AddMinutes(5)), Key);

        DemandSame(read, record);
    }

    [Fact]
    public void A_token_beside_the_last_one_stores_no_refresh_token_of_its_own()
    {
        var record = new TokenRecord(Set with { RefreshToken = null, SeedHashes = [] }, Written, [Beside("north", 3)]);

        Encoding.UTF8.GetString(TokenSetCodec.Encode(record, At(Noon))).Should().NotContain("refreshToken\"").And.NotContain("seeds");
    }

    [Fact]
    public void Marks_of_a_later_version_are_read_and_match_any()
    {
        var stored = Encoding.UTF8.GetString(TokenSetCodec.Encode(TokenRecord.Of(Set, Written), At(Noon)))
            .Replace(Marks.Grant.ToString(), "9-00000000000000000000000000000001", StringComparison.Ordinal);

        var read = TokenSetCodec.Decode(EntryOf(Encoding.UTF8.GetBytes(stored), TimeSpan.Zero), At(Noon), Key);

        read.Last.Marks.Grant.Matches(Marks.Grant).Should().BeTrue();
        read.Last.Marks.Token.Should().Be(Marks.Token);
    }

    [Fact]
    public void What_version_2_stored_stays_readable()
    {
        var stored = File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "Storage", "Payloads", "token-set-v2.json"));

        var read = TokenSetCodec.Decode(EntryOf(stored, TimeSpan.FromMinutes(5)), At(Noon.AddMilliseconds(1500).AddMinutes(5)), Key);

        DemandSame(read, new TokenRecord(Set, Written, [Beside("north", 3)]));
    }

    [Fact]
    public void What_is_written_now_is_the_stored_version_2()
    {
        var stored = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Storage", "Payloads", "token-set-v2.json"));

        Encoding.UTF8.GetString(TokenSetCodec.Encode(new TokenRecord(Set, Written, [Beside("north", 3)]), At(Noon.AddMilliseconds(1500)))).Should().Be(stored);
    }

    [Theory]
    [InlineData(-3600)]
    [InlineData(0)]
    [InlineData(7200)]
    public void Machines_whose_clocks_differ_agree_on_what_is_left(int readerIsAheadBySeconds)
    {
        var value = TokenSetCodec.Encode(TokenRecord.Of(Set, Written), At(Noon.AddMinutes(1)));
        var readerNow = Noon.AddMinutes(11).AddSeconds(readerIsAheadBySeconds);

        var read = TokenSetCodec.Decode(EntryOf(value, TimeSpan.FromMinutes(10)), At(readerNow), Key).Last;

        (read.ObtainedAt + read.Lifetime - readerNow).Should().Be(TimeSpan.FromMinutes(49));
        (read.ObtainedAt + read.RefreshAfter - readerNow).Should().Be(TimeSpan.FromMinutes(34));
        (read.RefreshTokenExpiresAt!.Value - readerNow).Should().Be(TimeSpan.FromDays(1) + TimeSpan.FromMilliseconds(1500) - TimeSpan.FromMinutes(11));
    }

    [Fact]
    public void A_later_attempt_to_write_stores_less_life()
    {
        var late = TokenSetCodec.Encode(TokenRecord.Of(Set, Written), At(Noon.AddMinutes(30)));

        var read = TokenSetCodec.Decode(EntryOf(late, TimeSpan.Zero), At(Noon.AddMinutes(30)), Key).Last;

        (read.ObtainedAt + read.Lifetime).Should().Be(Noon.AddHours(1));
    }

    [Fact]
    public void A_wall_clock_that_went_back_before_the_write_does_not_lengthen_the_life()
    {
        var back = Noon.AddDays(-1);
        var value = TokenSetCodec.Encode(TokenRecord.Of(Set, Written), At(back));

        var read = TokenSetCodec.Decode(EntryOf(value, TimeSpan.Zero), At(back), Key).Last;

        (read.ObtainedAt + read.Lifetime - back).Should().Be(TimeSpan.FromHours(1));
    }

    [Fact]
    public void A_life_without_end_stays_without_end()
    {
        var endless = Set with { Lifetime = Timeout.InfiniteTimeSpan, RefreshAfter = Timeout.InfiniteTimeSpan, RefreshTokenExpiresAt = null };
        var value = TokenSetCodec.Encode(TokenRecord.Of(endless, Written), At(Noon.AddMinutes(2)));

        DemandSame(TokenSetCodec.Decode(EntryOf(value, TimeSpan.FromDays(9)), At(Noon.AddDays(9).AddMinutes(2)), Key).Last, endless);
    }

    [Fact]
    public void A_seed_has_nothing_but_its_refresh_token()
    {
        var seed = new TokenSet { RefreshToken = new SecretText("refresh-1"), ObtainedAt = Noon };

        var read = TokenSetCodec.Decode(EntryOf(TokenSetCodec.Encode(TokenRecord.Of(seed, Written), At(Noon)), TimeSpan.Zero), At(Noon), Key).Last;

        DemandSame(read, seed);
        read.AccessToken.Should().BeNull();
    }

    [Fact]
    public void Rounding_takes_less_than_a_millisecond_and_never_adds_any()
    {
        var life = ArbMap.Default.ArbFor<long>().Filter(static ticks => Math.Abs(ticks) < TimeSpan.FromDays(366).Ticks);
        Check.QuickThrowOnFailure(Prop.ForAll(life, life, (lifetime, lived) =>
        {
            var set = Set with { Lifetime = TimeSpan.FromTicks(lifetime) };
            var now = Noon.AddTicks(Math.Abs(lived));
            var read = TokenSetCodec.Decode(EntryOf(TokenSetCodec.Encode(TokenRecord.Of(set, Written), At(now)), TimeSpan.Zero), At(now), Key).Last;
            var lost = set.ObtainedAt + set.Lifetime - (read.ObtainedAt + read.Lifetime);
            return set.Lifetime == Timeout.InfiniteTimeSpan || (lost >= TimeSpan.Zero && lost < TimeSpan.FromMilliseconds(1));
        }));
    }

    [Fact]
    public void Members_of_a_later_version_are_ignored()
    {
        var value = Encoding.UTF8.GetString(TokenSetCodec.Encode(TokenRecord.Of(Set, Written), At(Noon)));
        var later = value[..^1] + ",\"invention\":{\"of\":[1,2]}}";

        DemandSame(TokenSetCodec.Decode(EntryOf(Encoding.UTF8.GetBytes(later), TimeSpan.Zero), At(Noon), Key).Last, Set);
    }

    [Fact]
    public void An_unknown_version_is_damage_that_says_what_to_do()
    {
        var decode = () => TokenSetCodec.Decode(EntryOf("{\"tokenSet\":3,\"everything\":\"new\"}"u8.ToArray(), TimeSpan.Zero), At(Noon), Key);

        decode.Should().Throw<SecretDamagedException>().WithMessage("*'Test/crm (token set)'*format 3*update*");
    }

    [Fact]
    public void A_version_that_nobody_reads_any_more_is_damage_that_says_what_to_do()
    {
        var decode = () => TokenSetCodec.Decode(EntryOf("{\"tokenSet\":1,\"refreshToken\":\"s3cr3t\"}"u8.ToArray(), TimeSpan.Zero), At(Noon), Key);

        decode.Should().Throw<SecretDamagedException>().WithMessage("*'Test/crm (token set)'*format 1*new grant*").Which.Message.Should().NotContain("s3cr3t");
    }

    [Theory]
    [InlineData("")]
    [InlineData("s3cr3t plain text")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("{\"tokenSet\":\"1\"}")]
    [InlineData("{\"tokenSet\":2}")]
    [InlineData("{\"tokenSet\":2,\"tokenType\":null,\"livedMs\":0,\"lifeLeftMs\":0,\"refreshInMs\":0}")]
    [InlineData("{\"tokenSet\":2,\"tokenType\":\"s3cr3t\",\"livedMs\":\"s3cr3t\",\"lifeLeftMs\":0,\"refreshInMs\":0}")]
    [InlineData("{\"tokenSet\":2,\"tokenType\":\"a\",\"livedMs\":9223372036854775807,\"lifeLeftMs\":0,\"refreshInMs\":0}")]
    [InlineData("{\"tokenSet\":2,\"tokenType\":\"a\",\"livedMs\":0,\"lifeLeftMs\":1e300,\"refreshInMs\":0}")]
    [InlineData("{\"tokenSet\":2,\"tokenType\":\"a\",\"livedMs\":0,\"lifeLeftMs\":0,\"refreshInMs\":0,\"accessToken\":5}")]
    [InlineData("{\"tokenSet\":2,\"tokenType\":\"a\",\"livedMs\":0,\"lifeLeftMs\":0,\"refreshInMs\":0,\"accessToken\":\"\\ud800\"}")]
    [InlineData("{\"tokenSet\":2,\"tokenType\":\"a\",\"livedMs\":0,\"lifeLeftMs\":0,\"refreshInMs\":0,\"values\":[]}")]
    [InlineData("{\"tokenSet\":2,\"tokenType\":\"a\",\"livedMs\":0,\"lifeLeftMs\":0,\"refreshInMs\":0,\"grant\":\"s3cr3t\"}")]
    [InlineData("{\"tokenSet\":2,\"tokenType\":\"a\",\"livedMs\":0,\"lifeLeftMs\":0,\"refreshInMs\":0,\"beside\":{}}")]
    [InlineData("{\"tokenSet\":2,\"tokenType\":\"a\",\"livedMs\":0,\"lifeLeftMs\":0,\"refreshInMs\":0,\"seeds\":[5]}")]
    [InlineData("{\"tokenSet\":2,\"tokenType\":\"a\",\"tokenType\":\"b\",\"livedMs\":0,\"lifeLeftMs\":0,\"refreshInMs\":0}")]
    public void What_is_no_token_set_is_damage_and_is_not_quoted(string stored)
    {
        var decode = () => TokenSetCodec.Decode(EntryOf(Encoding.UTF8.GetBytes(stored), TimeSpan.Zero), At(Noon), Key);

        decode.Should().Throw<SecretDamagedException>().Which.ToString().Should().NotContain("s3cr3t");
    }

    [Fact]
    public void A_set_cut_anywhere_is_damage()
    {
        var value = TokenSetCodec.Encode(TokenRecord.Of(Set, Written), At(Noon));

        for (var length = 0; length < value.Length; length++)
        {
            var decode = () => TokenSetCodec.Decode(EntryOf(value[..length], TimeSpan.Zero), At(Noon), Key);
            decode.Should().Throw<SecretDamagedException>();
        }
    }

    [Fact]
    public void An_absurd_age_does_not_throw()
    {
        var value = TokenSetCodec.Encode(TokenRecord.Of(Set, Written), At(Noon));

        var read = TokenSetCodec.Decode(EntryOf(value, TimeSpan.FromDays(3_000_000)), At(Noon), Key).Last;

        (read.ObtainedAt + read.Lifetime).Should().BeBefore(Noon);
    }

    private static ClockReading At(DateTimeOffset utc) => new(0, utc);

    private static SecretEntry EntryOf(byte[] value, TimeSpan age) => new() { Value = value, Version = 1, Age = age };

    private static StoredToken Beside(string scope, long epoch) => new(
        new TokenSet
        {
            Marks = new TokenMarks { Grant = Marks.Grant, Token = DefinitionMark.Of(scope), Target = Marks.Target, Registration = "billing" },
            AccessToken = new SecretText($"access-{scope}"),
            Scope = scope,
            ObtainedAt = Noon.AddMinutes(-1),
            Lifetime = TimeSpan.FromMinutes(30),
            RefreshAfter = TimeSpan.FromMinutes(20),
        },
        new WriteOrder(epoch, 1));

    private static void DemandSame(TokenRecord read, TokenRecord expected)
    {
        DemandSame(read.Last, expected.Last);
        read.Written.Should().Be(expected.Written);
        read.Beside.Select(static token => token.Written).Should().Equal(expected.Beside.Select(static token => token.Written));
        foreach (var (token, other) in read.Beside.Zip(expected.Beside))
        {
            DemandSame(token.Set, other.Set);
        }
    }

    private static void DemandSame(TokenSet read, TokenSet expected)
    {
        read.Marks.AreSameAs(expected.Marks).Should().BeTrue();
        read.SeedHashes.Should().Equal(expected.SeedHashes);
        (read with { Values = expected.Values, Marks = expected.Marks, SeedHashes = expected.SeedHashes }).Should().Be(expected);
        read.Values.Should().BeEquivalentTo(expected.Values);
    }
}
