using TokenKit.Source.Flight;
using TokenKit.Storage;
using TokenKit.Values;

namespace TokenKit.Tests;

/// <summary>What a stored record is to a definition.</summary>
public sealed class TokenChoiceTests
{
    private static readonly TokenMarks Meant = Marks("grant", "read", "api");

    [Theory]
    [InlineData("grant", "read", "api", false, RecordStanding.Own, true)]
    [InlineData("grant", "read write", "api", false, RecordStanding.DueAtOnce, true)]
    [InlineData("grant", "read", "other", false, RecordStanding.Own, false)]
    [InlineData("other", "read", "api", false, RecordStanding.Nothing, false)]
    [InlineData("other", "read", "api", true, RecordStanding.OtherGrant, false)]
    [InlineData("", "", "", true, RecordStanding.Own, true)]
    public void Marks_decide_what_serves(string grant, string mark, string target, bool hasRefreshToken, object standing, bool serves)
    {
        var record = TokenRecord.Of(Set("a", Marks(grant, mark, target), hasRefreshToken), default);

        var choice = Choose(record);

        choice.Standing.Should().Be((RecordStanding)standing);
        (choice.Token is not null).Should().Be(serves);
    }

    [Fact]
    public void A_token_of_its_own_mark_is_preferred_to_a_younger_one_of_another()
    {
        var record = new TokenRecord(
            Set("young", Marks("grant", "write", "api")), new WriteOrder(2, 1), [new StoredToken(Set("own", Meant, false), new WriteOrder(1, 1))]);

        Text(Choose(record, many: true)).Should().Be("own");
    }

    [Fact]
    public void What_another_version_obtained_since_this_process_took_up_its_definition_is_its_own()
    {
        var record = TokenRecord.Of(Set("a", Marks("grant", "write", "api")), default);

        TokenChoice.From(record, Meant, many: false, static _ => true).Standing.Should().Be(RecordStanding.Own);
    }

    [Fact]
    public void Where_each_mark_has_a_token_that_of_another_registration_serves_nobody_else()
    {
        var record = TokenRecord.Of(Set("admin", Marks("grant", "admin", "api", "billing")), default);

        Choose(record, many: true).Token.Should().BeNull();
        Choose(TokenRecord.Of(Set("former", Marks("grant", "former", "api")), default), many: true).Standing.Should().Be(RecordStanding.DueAtOnce, "it is its own former one");
    }

    [Fact]
    public void A_refresh_begins_with_the_grant_and_the_values_although_no_token_serves()
    {
        var stored = Set("a", Marks("grant", "read", "other")) with { SeedHashes = ["seed"], Scope = "wide" };

        var set = Choose(TokenRecord.Of(stored, default)).SetFrom(TokenRecord.Of(stored, default), Meant)!;

        set.AccessToken.Should().BeNull();
        set.RefreshToken.Should().Be(stored.RefreshToken);
        set.SeedHashes.Should().Equal("seed");
        set.Scope.Should().BeNull("that was granted for something else");
        set.Marks.Should().BeSameAs(Meant);
    }

    [Fact]
    public void A_token_beside_the_last_one_comes_with_the_refresh_token_of_the_last_write()
    {
        var record = new TokenRecord(
            Set("young", Marks("grant", "write", "other")), new WriteOrder(2, 1), [new StoredToken(Set("own", Marks("grant", "read", "api"), false), new WriteOrder(1, 1))]);

        var set = Choose(record).SetFrom(record, Meant)!;

        set.AccessToken!.Reveal().Should().Be("own");
        set.RefreshToken!.Reveal().Should().Be("rt-young");
        set.Marks.Should().BeSameAs(Meant, "one object serves all that mean the same");
    }

    [Theory]
    [InlineData("other", false)]
    [InlineData("other", true)]
    public void Of_another_grant_nothing_is_begun_with(string grant, bool hasRefreshToken)
    {
        var record = TokenRecord.Of(Set("a", Marks(grant, "read", "api"), hasRefreshToken), default);

        Choose(record).SetFrom(record, Meant).Should().BeNull();
    }

    private static TokenChoice Choose(TokenRecord record, bool many = false) => TokenChoice.From(record, Meant, many, static _ => false);

    private static string Text(TokenChoice choice) => choice.Token!.Set.AccessToken!.Reveal();

    private static TokenSet Set(string token, TokenMarks marks, bool hasRefreshToken = true) => new()
    {
        Marks = marks, AccessToken = new SecretText(token), RefreshToken = hasRefreshToken ? new SecretText($"rt-{token}") : null,
    };

    private static TokenMarks Marks(string grant, string mark, string target, string registration = "crm") => new()
    {
        Grant = Of(grant), Token = Of(mark), Target = Of(target), Registration = registration,
    };

    private static DefinitionMark Of(string text) => text.Length == 0 ? default : DefinitionMark.Of(text);
}
