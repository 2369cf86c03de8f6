using Microsoft.Extensions.DependencyInjection;
using TokenKit.Testing;

namespace TokenKit.Tests;

/// <summary>An access token that somebody put in serves as one that a server gave, and is put in once.</summary>
public sealed class SeededAccessTokenTests
{
    private static readonly FakeTokenEndpointOptions TenMinutes = new() { AccessTokenLifetime = TimeSpan.FromMinutes(10) };

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_token_that_renews_itself_is_renewed_twice_with_a_restart_between_and_its_seed_stays_away(bool onFiles)
    {
        using var folder = new StoreDirectory();
        var server = new LongLivedTokens(folder.Time);
        ISecretStore memory = new InMemorySecretStore(folder.Time);
        ISecretStore Open() => onFiles ? folder.Open() : memory;
        await using (var first = server.Start(Open()))
        {
            (await first.TokenAsync()).Should().Be("ig-0");
            server.Renewed.Should().BeEmpty("it works for fifty days");
            folder.Time.Advance(TimeSpan.FromDays(30));
            (await first.RenewedTokenAsync()).Should().Be("ig-1");
        }

        await using var second = server.Start(Open());
        (await second.TokenAsync()).Should().Be("ig-1");
        folder.Time.Advance(TimeSpan.FromDays(40));
        (await second.RenewedTokenAsync()).Should().Be("ig-2");
        await using var third = server.Start(Open());
        (await third.TokenAsync()).Should().Be("ig-2");

        server.Renewed.Should().Equal("ig-0", "ig-1");
    }

    [Fact]
    public async Task A_new_access_token_takes_the_place_of_one_that_died()
    {
        var time = new ManualTimeProvider();
        var server = new LongLivedTokens(time);
        var store = new InMemorySecretStore(time);
        await using (var first = server.Start(store, seed: "ig-of-last-year"))
        {
            (await first.TokenAsync()).Should().Be("ig-of-last-year", "nobody can know");
            time.Advance(TimeSpan.FromDays(51));
            await first.Source.Awaiting(source => source.GetTokenAsync().AsTask()).Should().ThrowAsync<TokenRefreshException>();
        }

        await using var second = server.Start(store);

        (await second.TokenAsync()).Should().Be("ig-0");
        server.Renewed.Should().Equal("ig-of-last-year");
    }

    [Fact]
    public async Task With_a_refresh_token_beside_it_the_access_token_serves_first()
    {
        await using var host = WithBoth("seeded", "10m");

        (await host.Source.GetTokenAsync()).Reveal().Should().Be("seeded");
        host.Endpoint.TokenRequests.Should().Be(0);
        await host.FlightEndedAsync();
        (await host.StoredAsync())!.RefreshToken!.Reveal().Should().Be(host.SeedToken);
        host.Time.Advance(TimeSpan.FromMinutes(11));

        (await host.Source.GetTokenAsync()).Reveal().Should().Be("access-1");
        host.Endpoint.Requests.Single().RefreshToken.Should().Be(host.SeedToken);
    }

    [Theory]
    [InlineData("8h", "08:00:00", "06:00:00")]
    [InlineData("never", "-00:00:00.0010000", "-00:00:00.0010000")]
    [InlineData("unknown", "00:20:00", "00:15:00")]
    [InlineData("Unknown", "00:20:00", "00:15:00")]
    public async Task A_seeded_token_is_due_as_the_definition_says(string lifetime, string lives, string due)
    {
        await using var host = WithBoth("seeded", lifetime, options =>
        {
            options.Response.DefaultLifetime = TimeSpan.FromMinutes(20);
            options.Freshness.Jitter = 0;
        });

        var token = await host.Source.GetTokenAsync();

        $"{token.Set.Lifetime:c} {token.Set.RefreshAfter:c}".Should().Be($"{lives} {due}");
    }

    [Fact]
    public async Task A_lifetime_that_the_definition_fixes_is_that_of_a_token_of_which_nobody_knows()
    {
        await using var host = WithBoth("seeded", "unknown", static options => options.Response.Lifetime = TimeSpan.FromHours(2));

        (await host.Source.GetTokenAsync()).Set.Lifetime.Should().Be(TimeSpan.FromHours(2));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Who_asks_for_a_new_token_gets_one_and_the_seed_is_stored_before(bool byDemand)
    {
        var store = new FaultyStore();
        await using var host = WithBoth("seeded", "10m", services: services => services.AddStore(store), time: store.Time);

        var token = byDemand
            ? await host.Source.GetTokenAsync(new TokenDemand { Force = true })
            : (await host.Refresher.RefreshAsync()).Token!;

        token.Reveal().Should().Be("access-1");
        store.Writes.Should().Be(2);
    }

    [Fact]
    public async Task A_seeded_token_that_the_API_refuses_is_renewed()
    {
        await using var host = WithBoth("seeded", "10m");
        var seeded = await host.Source.GetTokenAsync();
        await host.FlightEndedAsync();

        var next = await host.Source.GetTokenAsync(new TokenDemand { Rejected = seeded });

        next.Reveal().Should().Be("access-1");
    }

    [Theory]
    [InlineData("with blank", "*holds blanks*Seed:AccessToken*")]
    [InlineData("schlüssel", "*holds blanks*")]
    [InlineData("***", "*what a secret is printed as*")]
    public async Task What_can_be_no_access_token_is_no_seed(string text, string message)
    {
        await using var host = WithBoth(text, "10m");

        (await host.Source.Awaiting(source => source.GetTokenAsync().AsTask()).Should().ThrowAsync<TokenRefreshException>())
            .WithMessage(message).Which.Reason.Should().Be(RefreshFailureReason.SecretUnavailable);

        host.Endpoint.TokenRequests.Should().Be(0);
        (await host.StoredAsync()).Should().BeNull();
    }

    [Fact]
    public async Task An_access_token_added_to_a_seed_or_taken_from_it_brings_no_spent_refresh_token_back()
    {
        var store = new FaultyStore();
        await using var first = TokenHost.WithRefreshToken(services: services => services.AddStore(store), server: TenMinutes, time: store.Time);
        await first.Source.GetTokenAsync();
        await first.FlightEndedAsync();
        foreach (var accessToken in new[] { "added", "corrected", null })
        {
            first.Time.Advance(TimeSpan.FromMinutes(11));
            await using var next = WithBoth(accessToken, accessToken is null ? null : "10m", services: services => services.AddStore(store), sharing: first);
            (await next.Source.GetTokenAsync()).Reveal().Should().StartWith("access-");
            await next.FlightEndedAsync();
        }

        first.Endpoint.Redemptions.Should().Contain(first.SeedToken!, 1);
        first.Endpoint.ReuseDetections.Should().Be(0);
    }

    [Fact]
    public async Task A_token_that_was_first_written_as_a_refresh_token_is_another_seed_as_an_access_token()
    {
        var store = new FaultyStore();
        static void SelfRenewing(TokenRefreshOptions options, Action<TokenSeedOptions> seed)
        {
            options.RefreshRequest.Form["token"] = "${token.access?}";
            options.RefreshRequest.Form["refresh_token"] = "${token.refresh?}";
            options.Seed = new TokenSeedOptions();
            seed(options.Seed);
        }

        await using var wrong = TokenHost.WithRefreshToken(
            static options => SelfRenewing(options, static seed => seed.RefreshToken = "long-lived"), services => services.AddStore(store), time: store.Time);
        (await wrong.Refresher.RefreshAsync()).Succeeded.Should().BeFalse();
        await wrong.FlightEndedAsync();
        await using var right = TokenHost.WithRefreshToken(
            static options => SelfRenewing(options, static seed => (seed.AccessToken, seed.Lifetime) = ("long-lived", "60d")), services => services.AddStore(store), sharing: wrong);

        (await right.Source.GetTokenAsync()).Reveal().Should().Be("long-lived");
    }

    [Fact]
    public async Task Of_several_texts_the_first_that_resolves_is_the_seed()
    {
        await using var host = TokenHost.WithRefreshToken(static options =>
            options.Seed = new TokenSeedOptions
            {
                RefreshToken = ["${secret.not-there}", "second"], AccessToken = ["${secret.not-there-either}", "seeded"], Lifetime = "1h",
            });

        (await host.Source.GetTokenAsync()).Reveal().Should().Be("seeded");
        await host.FlightEndedAsync();
        (await host.StoredAsync())!.RefreshToken!.Reveal().Should().Be("second");
    }

    [Fact]
    public async Task A_seed_of_which_one_token_is_missing_is_not_used_by_halves()
    {
        await using var host = TokenHost.WithRefreshToken(static options =>
            options.Seed = new TokenSeedOptions { RefreshToken = "first", AccessToken = "${secret.not-there}", Lifetime = "1h" });

        (await host.Source.Awaiting(source => source.GetTokenAsync().AsTask()).Should().ThrowAsync<TokenRefreshException>())
            .WithMessage("*secret.not-there*");

        (await host.StoredAsync()).Should().BeNull();
    }

    [Fact]
    public async Task Code_puts_in_an_access_token_without_a_refresh_token()
    {
        await using var host = TokenHost.WithRefreshToken(static options => options.Seed = new TokenSeedOptions());
        var seed = new TokenSeed
        {
            AccessToken = new SecretText("put-in"), Lifetime = TimeSpan.FromHours(1), ObtainedAt = host.Time.GetUtcNow().AddMinutes(-20),
        };

        (await host.Source.SeedAsync(seed)).Should().BeTrue();
        var token = await host.Source.GetTokenAsync();

        token.Reveal().Should().Be("put-in");
        token.ExpiresAt.Should().Be(host.Time.GetUtcNow().AddMinutes(40), "its life counts from when it was obtained");
        host.Endpoint.TokenRequests.Should().Be(0);
    }

    [Fact]
    public async Task Code_puts_in_both_and_nobody_need_know_how_long_it_lives()
    {
        await using var host = TokenHost.WithRefreshToken(static options => options.Seed = new TokenSeedOptions());

        await host.Source.SeedAsync(new TokenSeed(host.Endpoint.IssueRefreshToken()) { AccessToken = new SecretText("put-in") });

        var token = await host.Source.GetTokenAsync();
        (token.Reveal(), token.Set.Lifetime).Should().Be(("put-in", TimeSpan.FromMinutes(5)));
        host.Time.Advance(TimeSpan.FromMinutes(6));
        (await host.Source.GetTokenAsync()).Reveal().Should().Be("access-1");
    }

    [Fact]
    public void A_seed_in_code_has_a_token_that_can_be_one_and_a_life()
    {
        static Func<TokenSeed> Of(string? text) => () => new TokenSeed { AccessToken = text is null ? null : new SecretText(text) };

        Of(null).Should().Throw<ArgumentException>().WithMessage("*needs an access token*");
        Of("").Should().Throw<ArgumentException>().WithMessage("*empty*");
        Of("two words").Should().Throw<ArgumentException>().Which.Message.Should().NotContain("two words");
        Of(" *** ").Should().Throw<ArgumentException>().WithMessage("*printed*");
        new TokenSeed("r") { AccessToken = null }.RefreshToken!.Reveal().Should().Be("r");
        FluentActions.Invoking(static () => new TokenSeed("r") { Lifetime = TimeSpan.Zero }).Should().Throw<ArgumentOutOfRangeException>();
        new TokenSeed("r") { Lifetime = Timeout.InfiniteTimeSpan }.Lifetime.Should().Be(Timeout.InfiniteTimeSpan);
    }

    private static TokenHost WithBoth(
        string? accessToken, string? lifetime, Action<TokenRefreshOptions>? configure = null, Action<IServiceCollection>? services = null,
        TokenHost? sharing = null, ManualTimeProvider? time = null) => TokenHost.WithRefreshToken(
            options =>
            {
                options.Seed.AccessToken = accessToken;
                options.Seed.Lifetime = lifetime;
                configure?.Invoke(options);
            },
            services,
            TenMinutes,
            sharing,
            time);
}
