using System.Globalization;
using TokenKit.Definitions;

namespace TokenKit.Tests;

public sealed class LifetimeReadingTests
{
    [Theory]
    [InlineData(1, "")]
    [InlineData(1000, "")]
    [InlineData(1, "\"")]
    public void A_point_in_time_where_a_lifetime_was_to_stand_is_an_unknown_lifetime(double unit, string quote)
    {
        var bench = new MapBench();
        foreach (var years in new[] { -9.9, 0, 9.9 })
        {
            var time = (bench.Time.GetUtcNow() + TimeSpan.FromDays(365 * years)).ToUnixTimeSeconds() * unit;

            var candidate = Candidate(bench, string.Create(System.Globalization.CultureInfo.InvariantCulture, $$"""{"access_token":"at-1","expires_in":{{quote}}{{time}}{{quote}}}"""));

            candidate.Lifetime.Should().BeNull();
            candidate.Warnings.Should().Equal("expires_in_is_time");
        }
    }

    [Theory]
    [InlineData("31536001")]
    [InlineData("2147483647")]
    [InlineData("4000000000")]
    [InlineData("99999999999999")]
    public void A_lifetime_that_is_long_and_no_point_in_time_is_a_year(string seconds) =>
        Candidate(new MapBench(), $$"""{"access_token":"at-1","expires_in":{{seconds}}}""").Lifetime.Should().Be(TimeSpan.FromDays(365));

    [Fact]
    public void A_point_in_time_in_expires_in_can_be_read_as_one()
    {
        var bench = new MapBench { Response = MapBench.StandardResponse with { ExpiresAt = MapBench.Selectors("body.expires_in") } };
        var time = (bench.Time.GetUtcNow() + TimeSpan.FromHours(1)).ToUnixTimeSeconds();

        var candidate = Candidate(bench, $$"""{"access_token":"at-1","expires_in":{{time}}}""");

        candidate.Lifetime.Should().Be(TimeSpan.FromHours(1));
        candidate.Warnings.Should().BeEmpty();
    }

    [Fact]
    public void A_lifetime_in_milliseconds_that_looks_like_a_time_in_seconds_stays_a_lifetime()
    {
        var response = MapBench.StandardResponse with { ExpiresInUnit = TimeSpan.FromMilliseconds(1) };

        Candidate(new MapBench { Response = response }, """{"access_token":"at-1","expires_in":1767225600}""").Lifetime
            .Should().BeCloseTo(TimeSpan.FromDays(20.4), TimeSpan.FromDays(0.1));
    }

    [Fact]
    public void A_time_in_a_unit_that_is_not_read_is_an_unknown_lifetime()
    {
        var bench = new MapBench { Response = MapBench.StandardResponse with { ExpiresIn = [], ExpiresAt = MapBench.Selectors("body.until") } };
        var end = bench.Time.GetUtcNow() + TimeSpan.FromHours(1);
        foreach (var number in new[] { end.ToUnixTimeMilliseconds() * 1000, end.ToUnixTimeMilliseconds() * 1_000_000, end.UtcTicks, end.ToFileTime() })
        {
            var candidate = Candidate(bench, $$"""{"access_token":"at-1","until":{{number}}}""");

            candidate.Lifetime.Should().BeNull();
            candidate.Warnings.Should().Equal("expires_at_unit");
        }
    }

    [Fact]
    public void A_time_that_has_passed_is_warned_about_where_the_local_clock_decides()
    {
        var local = MapBench.StandardResponse with { ExpiresIn = [], ExpiresAt = MapBench.Selectors("body.until") };
        var issued = local with { IssuedAt = MapBench.Selectors("body.from") };
        const string Body = """{"access_token":"at-1","from":"2020-01-01T00:00:00Z","until":"2020-01-01T01:00:00Z"}""";

        var passed = Candidate(new MapBench { Response = local }, Body);
        (passed.Lifetime, passed.Warnings).Should().BeEquivalentTo((TimeSpan.Zero, new[] { "expires_at_passed" }));
        Candidate(new MapBench { Response = issued }, Body).Lifetime.Should().Be(TimeSpan.FromHours(1));
    }

    private const double Year = 365 * 24 * 3600;

    [Theory]
    [InlineData("3600", 3600)]
    [InlineData("3599.999", 3599)]
    [InlineData("3.6e3", 3600)]
    [InlineData("1e400", Year)]
    [InlineData("1e-400", 0)]
    [InlineData("1e99999999999999999999", Year)]
    [InlineData("\" 3600\\t\"", 3600)]
    [InlineData("\"3599.5\"", 3599)]
    [InlineData("-1", 0)]
    [InlineData("-1e300", 0)]
    [InlineData("0", 0)]
    [InlineData("31536000", Year)]
    [InlineData("31536001", Year)]
    public void A_number_or_numeric_text_is_a_lifetime_in_seconds(string json, double seconds) =>
        Read($$"""{"access_token":"at-1","expires_in":{{json}}}""").Should().Be(TimeSpan.FromSeconds(seconds));

    [Theory]
    [InlineData("true")]
    [InlineData("{\"seconds\":3600}")]
    [InlineData("[3600]")]
    [InlineData("\"never\"")]
    [InlineData("\"1h\"")]
    [InlineData("\"PT1H\"")]
    [InlineData("\"01:00:00\"")]
    [InlineData("\"0xE10\"")]
    [InlineData("\"3,600\"")]
    [InlineData("\"3.600,5\"")]
    [InlineData("\"3 600\"")]
    [InlineData("\"3600s\"")]
    [InlineData("\"3600\\u0000\"")]
    [InlineData("\"Infinity\"")]
    [InlineData("\"NaN\"")]
    [InlineData("\"٣٦٠٠\"")]
    [InlineData("\"   \"")]
    [InlineData("\"\\ud800\"")]
    public void Anything_else_is_unknown_with_a_warning(string json)
    {
        var candidate = Candidate(new MapBench(), $$"""{"access_token":"at-1","expires_in":{{json}}}""");

        candidate.Lifetime.Should().BeNull();
        candidate.Warnings.Should().Contain("expires_in_unreadable");
    }

    [Theory]
    [InlineData("""{"access_token":"at-1"}""")]
    [InlineData("""{"access_token":"at-1","expires_in":null}""")]
    [InlineData("""{"access_token":"at-1","expires_in":""}""")]
    public void Nothing_said_is_unknown_without_a_warning(string body)
    {
        var candidate = Candidate(new MapBench(), body);

        candidate.Lifetime.Should().BeNull();
        candidate.Warnings.Should().NotContain("expires_in_unreadable");
    }

    [Theory]
    [InlineData("ar-SA")]
    [InlineData("tr-TR")]
    [InlineData("fa-IR")]
    [InlineData("de-DE")]
    public void The_culture_changes_nothing(string culture)
    {
        var before = CultureInfo.CurrentCulture;
        try
        {
            CultureInfo.CurrentCulture = CultureInfo.GetCultureInfo(culture);

            Read("""{"access_token":"at-1","expires_in":"3599.5"}""").Should().Be(TimeSpan.FromSeconds(3599));
            Read("""{"access_token":"at-1","expires_in":"3,600"}""").Should().BeNull();
            Read("""{"access_token":"at-1","expires_in":"-3"}""").Should().Be(TimeSpan.Zero);
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }

    [Theory]
    [InlineData("3600000", 1, 3_600_000)]
    [InlineData("1500.7", 1, 1500)]
    [InlineData("55", 60_000, 3_300_000)]
    [InlineData("1.5", 3_600_000, 5_400_000)]
    [InlineData("2", 86_400_000, 172_800_000)]
    public void The_unit_is_the_definitions(string json, int unitMilliseconds, int milliseconds)
    {
        var response = MapBench.StandardResponse with { ExpiresInUnit = TimeSpan.FromMilliseconds(unitMilliseconds) };

        var lifetime = Candidate(new MapBench { Response = response }, $$"""{"access_token":"at-1","expires_in":{{json}}}""").Lifetime;

        lifetime!.Value.TotalMilliseconds.Should().BeApproximately(milliseconds, 1);
    }

    [Theory]
    [InlineData("1h", 3600)]
    [InlineData(" PT55M ", 3300)]
    [InlineData("00:55:00", 3300)]
    [InlineData("3600", 3600)]
    public void A_duration_text_counts_where_the_definition_names_the_selector(string text, int seconds)
    {
        var response = MapBench.StandardResponse with { ExpiresInAllowsDurationText = true };

        Candidate(new MapBench { Response = response }, $$"""{"access_token":"at-1","expires_in":"{{text}}"}""")
            .Lifetime.Should().Be(TimeSpan.FromSeconds(seconds));
    }

    [Theory]
    [InlineData("d:hh:mm", "1:02:03", 86_400 + 7_200 + 180)]
    [InlineData("h:mm:ss", "0:90:00", 5_400)]
    [InlineData("h:mm:ss", "soon", null)]
    [InlineData("h:mm:ss", "3600", 3600)]
    public void A_format_of_the_definition_is_read(string format, string text, int? seconds)
    {
        DurationFormat.TryCompile(format, out var compiled).Should().BeTrue();
        var response = MapBench.StandardResponse with { ExpiresInFormat = compiled };

        Candidate(new MapBench { Response = response }, $$"""{"access_token":"at-1","expires_in":"{{text}}"}""")
            .Lifetime.Should().Be(seconds is { } known ? TimeSpan.FromSeconds(known) : null);
    }

    [Theory]
    [InlineData("100", 3500)]
    [InlineData("0", 3600)]
    [InlineData("9999", 0)]
    [InlineData("99999999999999999999999", 0)]
    [InlineData("-100", 3600)]
    [InlineData("soon", 3600)]
    [InlineData("", 3600)]
    public void The_age_of_a_cached_answer_is_subtracted(string age, int seconds)
    {
        var mapped = new MapBench().Map("""{"access_token":"at-1","expires_in":3600}""", 200, ("Age", age));

        mapped.Candidate.Value!.Lifetime.Should().Be(TimeSpan.FromSeconds(seconds));
    }

    [Fact]
    public void The_age_of_a_cached_answer_is_subtracted_from_every_lifetime_that_counts_from_when_the_answer_was_made()
    {
        var issued = MapBench.StandardResponse with { ExpiresAt = MapBench.Selectors("body.until"), IssuedAt = MapBench.Selectors("body.issued") };
        var refresh = MapBench.StandardResponse with { RefreshTokenExpiresIn = MapBench.Selectors("body.refresh_expires_in") };

        new MapBench { Response = issued }.Map("""{"access_token":"at-1","issued":1767225600,"until":1767229200}""", 200, ("Age", "100"))
            .Candidate.Value!.Lifetime.Should().Be(TimeSpan.FromSeconds(3500));
        new MapBench { Response = refresh }.Map("""{"access_token":"at-1","refresh_expires_in":3600}""", 200, ("Age", "100"))
            .Candidate.Value!.RefreshTokenLifetime.Should().Be(TimeSpan.FromSeconds(3500));
    }

    [Theory]
    [InlineData("\"2026-01-01T01:00:00Z\"", 3600)]
    [InlineData("\"2026-01-01T01:00:00.5Z\"", 3600.5)]
    [InlineData("\"2026-01-01T01:00:00.123456789Z\"", 3600.1234567)]
    [InlineData("\"2026-01-01T02:00:00+01:00\"", 3600)]
    [InlineData("\"2026-01-01T02:00:00+0100\"", 3600)]
    [InlineData("\"2026-01-01T01:00:00\"", 3600)]
    [InlineData("\"2026-01-01 01:00:00\"", 3600)]
    [InlineData("\"Thu, 01 Jan 2026 01:00:00 GMT\"", 3600)]
    [InlineData("\"Thu, 01 Jan 2026 01:00:00 +0000\"", 3600)]
    [InlineData("\"Thu, 1 Jan 2026 03:00:00 +0200\"", 3600)]
    [InlineData("\"1 Jan 2026 01:00:00 GMT\"", 3600)]
    [InlineData("\"2026-01-01 02:00:00 +0100\"", 3600)]
    [InlineData("\"2026-01-01T02:00:00+01\"", 3600)]
    [InlineData("\"2026-01-02\"", 86400)]
    [InlineData("1767229200", 3600)]
    [InlineData("1767229200000", 3600)]
    [InlineData("\"1767229200\"", 3600)]
    [InlineData("[1767232800, 1767229200]", 3600)]
    [InlineData("[1767229200, 1767232800]", 3600)]
    [InlineData("[1767232800, 1767229200, 1767236400, \"soon\"]", 3600)]
    [InlineData("1", 0)]
    [InlineData("1e300", Year)]
    [InlineData("-1e300", 0)]
    public void An_absolute_time_is_set_against_the_local_clock(string json, double seconds)
    {
        // The bench's clock stands at 2026-01-01 00:00 UTC.
        var response = MapBench.StandardResponse with { ExpiresIn = [], ExpiresAt = MapBench.Selectors("body.until") };

        Candidate(new MapBench { Response = response }, $$"""{"access_token":"at-1","until":{{json}}}""")
            .Lifetime.Should().Be(TimeSpan.FromSeconds(seconds));
    }

    [Fact]
    public void A_time_that_cannot_be_read_is_unknown_with_a_warning()
    {
        var response = MapBench.StandardResponse with { ExpiresAt = MapBench.Selectors("body.until") };

        var candidate = Candidate(new MapBench { Response = response }, """{"access_token":"at-1","until":"tomorrow"}""");

        candidate.Lifetime.Should().BeNull();
        candidate.Warnings.Should().Equal("expires_at_unreadable");
    }

    [Theory]
    [InlineData(1767232800, 1767229200)]
    [InlineData(1767229200, 1767232800)]
    public void Of_the_times_at_several_selectors_the_earliest_counts(long session, long token)
    {
        var selectors = MapBench.Selectors("body.session", "body.token", "body.none");
        var response = MapBench.StandardResponse with { ExpiresAt = selectors, RefreshTokenExpiresAt = selectors };

        var candidate = Candidate(new MapBench { Response = response }, $$"""{"access_token":"at-1","session":{{session}},"token":{{token}}}""");

        candidate.Lifetime.Should().Be(TimeSpan.FromHours(1));
        candidate.RefreshTokenLifetime.Should().Be(TimeSpan.FromHours(1));
    }

    [Fact]
    public void An_absolute_time_counts_from_the_servers_own_issue_time_where_the_definition_names_it()
    {
        var response = MapBench.StandardResponse with
        {
            ExpiresAt = MapBench.Selectors("body.until"),
            IssuedAt = MapBench.Selectors("body.issued"),
        };

        // A server whose clock is a day behind.
        Candidate(new MapBench { Response = response }, """{"access_token":"at-1","issued":1767139200000,"until":"2025-12-31T01:00:00Z"}""")
            .Lifetime.Should().Be(TimeSpan.FromHours(1));
    }

    [Fact]
    public void A_relative_lifetime_wins_over_an_absolute_time()
    {
        var response = MapBench.StandardResponse with { ExpiresAt = MapBench.Selectors("body.until") };

        Candidate(new MapBench { Response = response }, """{"access_token":"at-1","expires_in":60,"until":1767229200}""")
            .Lifetime.Should().Be(TimeSpan.FromMinutes(1));
    }

    [Fact]
    public void A_format_of_the_definition_reads_an_absolute_time()
    {
        var response = MapBench.StandardResponse with { ExpiresAt = MapBench.Selectors("body.until"), ExpiresAtFormat = "dd.MM.yyyy HH:mm" };

        Candidate(new MapBench { Response = response }, """{"access_token":"at-1","until":"01.01.2026 01:00"}""")
            .Lifetime.Should().Be(TimeSpan.FromHours(1));
    }

    [Fact]
    public void A_fixed_lifetime_overrules_the_answer()
    {
        var fixedLifetime = MapBench.StandardResponse with { Lifetime = TimeSpan.FromMinutes(20) };
        var never = MapBench.StandardResponse with { Lifetime = Timeout.InfiniteTimeSpan };
        const string Body = """{"access_token":"at-1","expires_in":60}""";

        Candidate(new MapBench { Response = fixedLifetime }, Body).Lifetime.Should().Be(TimeSpan.FromMinutes(20));
        Candidate(new MapBench { Response = never }, Body).Lifetime.Should().Be(Timeout.InfiniteTimeSpan);
    }

    [Theory]
    [InlineData("86400", 86_400d)]
    [InlineData("0", null)]
    [InlineData("-1", null)]
    [InlineData("\"x\"", null)]
    public void The_refresh_tokens_own_lifetime_is_read_and_zero_means_none(string json, double? seconds)
    {
        var response = MapBench.StandardResponse with { RefreshTokenExpiresIn = MapBench.Selectors("body.refresh_expires_in") };

        Candidate(new MapBench { Response = response }, $$"""{"access_token":"at-1","refresh_expires_in":{{json}}}""")
            .RefreshTokenLifetime.Should().Be(seconds is { } known ? TimeSpan.FromSeconds(known) : null);
    }

    [Theory]
    [InlineData("1800", 1800)]
    [InlineData("\"1800\"", 1800)]
    [InlineData("\"30m\"", 1800)]
    [InlineData("\"PT30M\"", 1800)]
    [InlineData("1e300", Year)]
    public void A_hint_when_to_renew_is_read_like_a_lifetime(string json, double seconds)
    {
        var candidate = Hinted($$"""{"access_token":"at-1","expires_in":3600,"refresh_in":{{json}}}""");

        candidate.RefreshIn.Should().Be(TimeSpan.FromSeconds(seconds));
        candidate.Warnings.Should().BeEmpty();
    }

    [Theory]
    [InlineData("\"soon\"")]
    [InlineData("0")]
    [InlineData("-5")]
    [InlineData("true")]
    [InlineData("1767225600")]
    public void A_hint_that_cannot_be_meant_is_none_with_a_warning(string json)
    {
        var candidate = Hinted($$"""{"access_token":"at-1","expires_in":3600,"refresh_in":{{json}}}""");

        (candidate.RefreshIn, candidate.Lifetime).Should().Be((null, TimeSpan.FromHours(1)));
        candidate.Warnings.Should().Equal("refresh_in_unreadable");
    }

    [Fact]
    public void An_answer_without_a_hint_is_not_warned_about()
    {
        var candidate = Hinted("""{"access_token":"at-1","expires_in":3600,"refresh_in":null}""");

        candidate.RefreshIn.Should().BeNull();
        candidate.Warnings.Should().BeEmpty();
    }

    [Fact]
    public void A_hint_counts_in_the_unit_of_the_lifetime()
    {
        var response = MapBench.StandardResponse with { RefreshIn = MapBench.Selectors("body.refresh_in"), ExpiresInUnit = TimeSpan.FromMinutes(1) };

        Candidate(new MapBench { Response = response }, """{"access_token":"at-1","expires_in":60,"refresh_in":30}""").RefreshIn
            .Should().Be(TimeSpan.FromMinutes(30));
    }

    private static TokenCandidate Hinted(string body) =>
        Candidate(new MapBench { Response = MapBench.StandardResponse with { RefreshIn = MapBench.Selectors("body.refresh_in") } }, body);

    private static TimeSpan? Read(string body) => Candidate(new MapBench(), body).Lifetime;

    private static TokenCandidate Candidate(MapBench bench, string body)
    {
        var mapped = bench.Map(body);
        mapped.Candidate.Failure.Should().BeNull();
        return mapped.Candidate.Value!;
    }
}
