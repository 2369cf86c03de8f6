using TokenKit.Testing;
using TokenKit.Values;

namespace TokenKit.Tests;

public sealed class OpeningTokensTests
{
    private static readonly TimeSpan Overlap = TimeSpan.FromMinutes(1);

    private readonly ManualTimeProvider _time = new();

    [Fact]
    public void A_reading_that_began_before_a_refresh_ended_does_not_bring_the_former_token_back()
    {
        var known = OpeningTokens.AfterReading(null, Token("former", 1), _time.GetTimestamp(), Now);
        _time.Advance(TimeSpan.FromSeconds(1));
        var begun = _time.GetTimestamp();
        _time.Advance(TimeSpan.FromSeconds(1));
        known = OpeningTokens.AfterRefresh(known, Token("newer", 2), _time.GetTimestamp());

        known = OpeningTokens.AfterReading(known, Token("former", 1), begun, Now);

        _time.Advance(Overlap);
        IsLetIn(known, "newer").Should().BeTrue();
        IsLetIn(known, "former").Should().BeFalse();
    }

    [Fact]
    public void A_reading_that_began_later_is_right_though_its_write_is_the_smaller_one()
    {
        var known = OpeningTokens.AfterReading(null, Token("of-the-lost-disk", 7), _time.GetTimestamp(), Now);
        _time.Advance(TimeSpan.FromSeconds(1));

        known = OpeningTokens.AfterReading(known, Token("of-the-backup", 3), _time.GetTimestamp(), Now);

        _time.Advance(Overlap);
        IsLetIn(known, "of-the-backup").Should().BeTrue();
        IsLetIn(known, "of-the-lost-disk").Should().BeFalse();
    }

    [Fact]
    public void A_former_token_of_another_mark_does_not_open_beside_the_newest()
    {
        var known = OpeningTokens.AfterReading(null, Token("wide", 1, "read write"), _time.GetTimestamp(), Now);
        _time.Advance(TimeSpan.FromSeconds(1));

        known = OpeningTokens.AfterReading(known, Token("narrow", 2), _time.GetTimestamp(), Now);

        IsLetIn(known, "narrow").Should().BeTrue();
        IsLetIn(known, "wide").Should().BeFalse("it may more than whoever took it away means it to");
    }

    private ClockReading Now => ClockReading.Now(_time);

    private bool IsLetIn(OpeningTokens known, string token) => known.Opens(TokenDigest.Of(token), Now, Overlap, _time);

    private OpeningToken Token(string token, long epoch, string mark = "read") => new(
        TokenDigest.Of(token),
        new WriteOrder(epoch, 1),
        _time.GetTimestamp(),
        new TokenLife(Now, TimeSpan.FromHours(1), TimeSpan.FromMinutes(45), _time.TimestampFrequency),
        DefinitionMark.Of(mark));
}
