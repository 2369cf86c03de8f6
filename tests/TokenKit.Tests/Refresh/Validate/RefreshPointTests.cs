using FsCheck;
using FsCheck.Fluent;
using TokenKit.Definitions;
using TokenKit.Refresh.Validate;

namespace TokenKit.Tests;

public sealed class RefreshPointTests
{
    [Theory]
    [InlineData(3600, 0.5, 2700)]
    [InlineData(3600, 0.0, 2430)]
    [InlineData(3600, 0.999999, 2970)]
    [InlineData(1, 0.5, 0.75)]
    [InlineData(0, 0.5, 0)]
    [InlineData(-5, 0.5, 0)]
    public void It_lies_at_three_quarters_with_a_tenth_of_jitter_either_way(double lifetime, double draw, double expected) =>
        After(new TokenFreshnessOptions(), lifetime, draw).Should().BeApproximately(expected, 0.01);

    [Fact]
    public void A_token_without_expiry_is_never_due_unless_a_period_says_so()
    {
        RefreshPoint.After(new TokenFreshnessOptions(), Timeout.InfiniteTimeSpan, 0.5).Should().Be(Timeout.InfiniteTimeSpan);
        RefreshPoint.After(new TokenFreshnessOptions { Every = TimeSpan.FromHours(1), Jitter = 0 }, Timeout.InfiniteTimeSpan, 0.5)
            .Should().Be(TimeSpan.FromHours(1));
    }

    [Theory]
    [InlineData(0.0, 3300)]
    [InlineData(0.999999, 2970)]
    public void A_period_is_only_ever_shortened(double draw, double expected) =>
        After(new TokenFreshnessOptions { Every = TimeSpan.FromMinutes(55) }, 3600, draw).Should().BeApproximately(expected, 0.01);

    [Theory]
    [InlineData(0.0, 3300)]
    [InlineData(0.999999, 3270)]
    public void A_margin_is_only_ever_widened(double draw, double expected) =>
        After(new TokenFreshnessOptions { Margin = TimeSpan.FromMinutes(5) }, 3600, draw).Should().BeApproximately(expected, 0.01);

    [Fact]
    public void Of_a_period_and_a_margin_the_earlier_counts() =>
        After(new TokenFreshnessOptions { Every = TimeSpan.FromMinutes(50), Margin = TimeSpan.FromMinutes(5), Jitter = 0 }, 3600, 0.5)
            .Should().Be(3000);

    [Theory]
    [InlineData(300, 300)]
    [InlineData(60, 300)]
    public void What_does_not_fit_into_the_lifetime_gives_way_to_the_share(double lifetime, double span)
    {
        After(new TokenFreshnessOptions { Margin = TimeSpan.FromSeconds(span) }, lifetime, 0.5).Should().BeApproximately(lifetime * 0.75, 0.01);
        After(new TokenFreshnessOptions { Every = TimeSpan.FromSeconds(span) }, lifetime, 0.5).Should().BeApproximately(lifetime * 0.75, 0.01);
    }

    [Theory]
    [InlineData(0.0, 3570)]
    [InlineData(0.999999, 3573)]
    public void Nothing_comes_before_the_server_allows_it(double draw, double expected) =>
        After(new TokenFreshnessOptions { NotBefore = TimeSpan.FromSeconds(30) }, 3600, draw).Should().BeApproximately(expected, 0.01);

    [Fact]
    public void What_comes_after_the_server_allows_it_stays_where_it_is() =>
        After(new TokenFreshnessOptions { Every = TimeSpan.FromMinutes(50), NotBefore = TimeSpan.FromMinutes(30), Jitter = 0 }, 3600, 0.5)
            .Should().Be(3000);

    [Fact]
    public void A_margin_near_the_whole_lifetime_is_widened_by_at_most_half_of_what_it_leaves() =>
        After(new TokenFreshnessOptions { Margin = TimeSpan.FromSeconds(90), Jitter = 0.5 }, 100, 0.999999).Should().Be(5);

    [Fact]
    public void A_share_near_one_still_comes_before_expiry() =>
        After(new TokenFreshnessOptions { RefreshAt = 0.98 }, 100, 0.999999).Should().BeLessThan(100);

    [Theory]
    [InlineData(86_400, 43_200, 43_200)]
    [InlineData(3600, 3000, 3000)]
    [InlineData(3600, 3599, 3150)]
    [InlineData(3600, 1_000_000, 3150)]
    [InlineData(3600, 0, 30)]
    [InlineData(40, 5, 20)]
    public void A_hint_of_the_server_decides_between_too_often_and_too_late(double lifetime, double hint, double expected) =>
        Hinted(new TokenFreshnessOptions { Jitter = 0 }, lifetime, hint).Should().Be(expected);

    [Fact]
    public void A_hint_gives_way_to_an_earlier_period_and_to_a_margin_and_never_comes_before_the_server_allows_it()
    {
        Hinted(new TokenFreshnessOptions { Every = TimeSpan.FromMinutes(20), Jitter = 0 }, 3600, 1800).Should().Be(1200);
        Hinted(new TokenFreshnessOptions { Every = TimeSpan.FromMinutes(50), Jitter = 0 }, 3600, 1800).Should().Be(1800);
        Hinted(new TokenFreshnessOptions { Margin = TimeSpan.FromMinutes(10), Jitter = 0 }, 3600, 3300).Should().Be(3000);
        Hinted(new TokenFreshnessOptions { Margin = TimeSpan.FromMinutes(1), Jitter = 0 }, 3600, 3500).Should().Be(3500);
        Hinted(new TokenFreshnessOptions { NotBefore = TimeSpan.FromMinutes(5), Jitter = 0 }, 3600, 1800).Should().Be(3300);
    }

    [Fact]
    public void A_hint_is_only_ever_shortened_by_chance() =>
        RefreshPoint.After(new TokenFreshnessOptions(), TimeSpan.FromDays(1), 0.5, TimeSpan.FromHours(12)).Should().Be(TimeSpan.FromHours(11.4));

    [Fact]
    public void A_token_without_expiry_is_due_when_the_server_wants_it()
    {
        RefreshPoint.After(new TokenFreshnessOptions { Jitter = 0 }, Timeout.InfiniteTimeSpan, 0.5, TimeSpan.FromHours(2)).Should().Be(TimeSpan.FromHours(2));
        RefreshPoint.After(new TokenFreshnessOptions { Every = TimeSpan.FromHours(1), Jitter = 0 }, Timeout.InfiniteTimeSpan, 0.5, TimeSpan.FromHours(2))
            .Should().Be(TimeSpan.FromHours(1));
    }

    [Fact]
    public void It_never_lies_outside_the_lifetime_whatever_the_definition_says()
    {
        Check.QuickThrowOnFailure(Prop.ForAll(Freshnesses(), Arb.From(Lifetimes()), Arb.From(Draws()), (freshness, lifetime, draw) =>
        {
            var point = RefreshPoint.After(freshness, lifetime, draw);
            var hinted = RefreshPoint.After(freshness, lifetime, draw, lifetime * draw * 2);
            return point >= TimeSpan.Zero && point <= lifetime && hinted >= TimeSpan.Zero && hinted <= lifetime;
        }));
    }

    [Fact]
    public void It_is_never_at_once_unless_the_share_or_a_period_is_zero()
    {
        Check.QuickThrowOnFailure(Prop.ForAll(Arb.From(Lifetimes()), Arb.From(Draws()), (lifetime, draw) =>
        {
            var point = RefreshPoint.After(new TokenFreshnessOptions(), lifetime, draw);
            return point >= lifetime * 0.6 && point <= lifetime * 0.9;
        }));
    }

    [Fact]
    public void It_grows_with_the_lifetime_and_with_the_draw()
    {
        Check.QuickThrowOnFailure(Prop.ForAll(Arb.From(Lifetimes()), Arb.From(Lifetimes()), Arb.From(Draws()), (first, second, draw) =>
        {
            var freshness = new TokenFreshnessOptions();
            var (shorter, longer) = first < second ? (first, second) : (second, first);
            return RefreshPoint.After(freshness, shorter, draw) <= RefreshPoint.After(freshness, longer, draw)
                && RefreshPoint.After(freshness, first, draw / 2) <= RefreshPoint.After(freshness, first, draw);
        }));
    }

    [Fact]
    public void A_token_that_comes_again_is_asked_for_five_times_in_any_hour_at_most_whatever_is_drawn()
    {
        var hour = TimeSpan.FromHours(1);
        var random = new Random(1);
        for (var run = 0; run < 20_000; run++)
        {
            var freshness = new TokenFreshnessOptions
            {
                RefreshAt = run % 3 == 0 ? 0.01 + (random.NextDouble() * 0.98) : null,
                Margin = run % 3 == 1 ? TimeSpan.FromMinutes(1 + random.Next(58)) : null,
                Jitter = random.NextDouble() / 2,
            };
            var asked = new List<TimeSpan>();
            for (var (now, end) = (TimeSpan.Zero, TimeSpan.Zero); now < 4 * hour;)
            {
                // A new token where the former has ended; the same one, with the rest of its life, before.
                asked.Add(now);
                var isNew = now >= end;
                end = isNew ? now + hour : end;
                now += isNew
                    ? RefreshPoint.After(freshness, hour, random.NextDouble())
                    : RefreshPoint.AfterRepeated(freshness, end - now, random.NextDouble());
            }

            asked.Max(at => asked.Count(other => other >= at && other < at + hour)).Should().BeLessThanOrEqualTo(
                5, "run {0}: share {1}, margin {2}, jitter {3}", run, freshness.RefreshAt, freshness.Margin, freshness.Jitter);
        }
    }

    private static double After(TokenFreshnessOptions freshness, double lifetime, double draw) =>
        RefreshPoint.After(freshness, TimeSpan.FromSeconds(lifetime), draw).TotalSeconds;

    private static double Hinted(TokenFreshnessOptions freshness, double lifetime, double hint) =>
        RefreshPoint.After(freshness, TimeSpan.FromSeconds(lifetime), 0.5, TimeSpan.FromSeconds(hint)).TotalSeconds;

    private static Gen<TimeSpan> Lifetimes() =>
        Gen.Choose(1, 31_536_000).Select(seconds => TimeSpan.FromSeconds(seconds));

    private static Gen<double> Draws() => Gen.Choose(0, 999_999).Select(draw => draw / 1_000_000d);

    private static Gen<TimeSpan?> Spans() =>
        Gen.Choose(-1, 40_000_000).Select(seconds => seconds < 0 ? (TimeSpan?)null : TimeSpan.FromSeconds(seconds % 7 == 0 ? 0 : seconds));

    private static Arbitrary<TokenFreshnessOptions> Freshnesses() => Arb.From(
        from share in Gen.Choose(0, 150)
        from jitter in Gen.Choose(0, 150)
        from margin in Spans()
        from every in Spans()
        from notBefore in Spans()
        from which in Gen.Choose(0, 7)
        select new TokenFreshnessOptions
        {
            RefreshAt = share / 100d,
            Jitter = jitter / 100d,
            Margin = (which & 1) == 0 ? null : margin,
            Every = (which & 2) == 0 ? null : every,
            NotBefore = (which & 4) == 0 ? null : notBefore,
        });
}
