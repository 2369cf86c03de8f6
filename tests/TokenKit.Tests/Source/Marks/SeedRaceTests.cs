using TokenKit.Testing;

namespace TokenKit.Tests;

/// <summary>A person seeds while a refresh of the same record is under way, in another process.</summary>
public sealed class SeedRaceTests
{
    private readonly FaultyStore _store = new();
    private readonly TwoServers _servers;

    public SeedRaceTests() => _servers = new TwoServers(() => _store, _store.Time);

    [Fact]
    public async Task A_configured_seed_that_was_applied_while_a_person_seeded_is_not_applied_again()
    {
        await using var one = Start(_servers.Production.IssueRefreshToken());
        await using var other = Start(_servers.Production.IssueRefreshToken());
        await one.TokenAsync();

        _store.AfterRead = () => other.TokenAsync();
        (await one.Source.SeedAsync(new TokenSeed(_servers.Production.IssueRefreshToken()))).Should().BeTrue();
        _servers.Time.Advance(TimeSpan.FromHours(1));
        await other.TokenAsync();

        _servers.Production.ReuseDetections.Should().Be(0);
        _servers.Production.Redemptions.Values.Should().OnlyContain(static count => count == 1, "no seed takes the place of what a person put in after it");
    }

    [Fact]
    public async Task Whoever_was_overtaken_by_a_seed_goes_on_with_it_and_not_with_the_token_before()
    {
        await using var program = Start(_servers.Production.IssueRefreshToken());
        await using var other = Start(seed: null);
        (await program.TokenAsync()).Should().Be("prod-access-1");
        var held = _servers.Production.HoldNext();
        var refresh = program.Refresher.RefreshAsync().AsTask();
        await _servers.Production.WaitForRequestsAsync(2);

        await other.Source.SeedAsync(new TokenSeed(_servers.Production.IssueRefreshToken()));
        held.Release();

        (await refresh).Token!.Reveal().Should().Be("prod-access-2", "it works, and serves whoever waited for it");
        await program.IsQuietAsync();
        (await program.TokenAsync()).Should().Be("prod-access-3", "the second token replaced the first one, which a server may have ended");
    }

    [Fact]
    public async Task A_seed_that_comes_between_the_lease_and_the_look_at_the_store_is_refreshed_under_a_lease_of_its_own()
    {
        await using var program = Start(_servers.Production.IssueRefreshToken());
        await using var other = Start(seed: null);
        await program.TokenAsync();
        var seed = _servers.Production.IssueRefreshToken();
        _store.LeaseGranted = () => other.Source.SeedAsync(new TokenSeed(seed)).AsTask();

        (await program.Refresher.RefreshAsync()).Token!.Reveal().Should().Be("prod-access-2");
        await program.IsQuietAsync();
        _servers.Time.Advance(TimeSpan.FromHours(1));

        (await program.TokenAsync()).Should().Be("prod-access-3");
        _servers.Production.ReuseDetections.Should().Be(0, "what the seed was refreshed into was stored");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Whoever_a_seed_overtakes_while_a_request_fails_is_served_from_the_seed(bool isRevoked)
    {
        var former = _servers.Production.IssueRefreshToken();
        await using var program = Start(former);
        await using var other = Start(seed: null);
        var held = _servers.Production.HoldNext();
        if (isRevoked)
        {
            _servers.Production.Revoke(former);
        }
        else
        {
            _servers.Production.DropAfter();
        }

        var token = program.TokenAsync();
        await _servers.Production.WaitForRequestsAsync(1);
        await other.Source.SeedAsync(new TokenSeed(_servers.Production.IssueRefreshToken()));
        held.Release();

        (await token).Should().Be(isRevoked ? "prod-access-1" : "prod-access-2");
        _servers.Time.Advance(TimeSpan.FromHours(1));
        (await program.TokenAsync()).Should().Be(isRevoked ? "prod-access-2" : "prod-access-3", "what the seed was refreshed into was stored");
        _servers.Production.ReuseDetections.Should().Be(0);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Whoever_a_seed_overtakes_while_a_configured_one_is_stored_is_served_and_not_refused(bool isConfiguredThereToo)
    {
        var configured = _servers.Production.IssueRefreshToken();
        await using var program = Start(configured);
        await using var other = Start(isConfiguredThereToo ? configured : null);
        var seed = _servers.Production.IssueRefreshToken();
        _store.BeforeWrite = () => other.Source.SeedAsync(new TokenSeed(seed)).AsTask();

        (await program.TokenAsync()).Should().Be("prod-access-1");

        _servers.Production.Redemptions.Keys.Should().Equal([isConfiguredThereToo ? seed : configured], "a person's seed is the newer one where it knows of the other");
    }

    [Fact]
    public async Task Two_seeds_that_overtake_a_refresh_one_after_the_other_leave_it_the_second()
    {
        await using var program = Start(_servers.Production.IssueRefreshToken());
        await using var other = Start(seed: null);
        await program.TokenAsync();
        var seeds = new[] { _servers.Production.IssueRefreshToken(), _servers.Production.IssueRefreshToken() };
        _store.LeaseGranted = async () =>
        {
            await other.Source.SeedAsync(new TokenSeed(seeds[0]));
            _store.AfterRead = () => other.Source.SeedAsync(new TokenSeed(seeds[1])).AsTask();
        };

        (await program.Refresher.RefreshAsync()).Succeeded.Should().BeTrue();
        await program.IsQuietAsync();
        _servers.Time.Advance(TimeSpan.FromHours(1));
        await program.TokenAsync();

        _servers.Production.Redemptions.Keys.Should().NotContain(seeds[0]).And.Contain(seeds[1]);
        _servers.Production.ReuseDetections.Should().Be(0);
    }

    [Fact]
    public async Task A_seed_that_the_store_refuses_costs_a_refresh_under_way_nothing()
    {
        await using var program = Start(_servers.Production.IssueRefreshToken());
        await using var other = Start(seed: null);
        var (refresh, held) = await RefreshAsync(program);
        _store.FailWrites(1);
        await other.Source.Awaiting(source => source.SeedAsync(new TokenSeed(_servers.Production.IssueRefreshToken())).AsTask())
            .Should().ThrowAsync<TokenRefreshException>();

        held.Release();

        (await refresh).Token!.Reveal().Should().Be("prod-access-2");
        await program.IsQuietAsync();
        (await other.TokenAsync()).Should().Be("prod-access-2", "it is stored");
        _servers.Time.Advance(TimeSpan.FromHours(1));
        await other.TokenAsync();
        _servers.Production.ReuseDetections.Should().Be(0);
    }

    [Fact]
    public async Task A_refresh_that_ends_between_the_epoch_of_a_seed_and_its_write_is_followed_by_the_seed()
    {
        await using var program = Start(_servers.Production.IssueRefreshToken());
        await using var other = Start(seed: null);
        var (refresh, held) = await RefreshAsync(program);
        var seed = _servers.Production.IssueRefreshToken();
        _store.BeforeWrite = async () =>
        {
            held.Release();
            await refresh;
            await program.IsQuietAsync();
        };

        (await other.Source.SeedAsync(new TokenSeed(seed))).Should().BeTrue();

        (await other.TokenAsync()).Should().Be("prod-access-3");
        _servers.Production.Redemptions.Keys.Should().Contain(seed);
        _servers.Production.ReuseDetections.Should().Be(0);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_refresh_that_ends_while_its_token_is_forgotten_does_not_bring_it_back(bool endsBeforeTheRemoval)
    {
        await using var program = Start(_servers.Production.IssueRefreshToken());
        await using var other = Start(seed: null);
        var (refresh, held) = await RefreshAsync(program);
        var removal = new TaskCompletionSource();
        _store.BeforeRemoval = async () =>
        {
            if (endsBeforeTheRemoval)
            {
                held.Release();
                await refresh;
                await program.IsQuietAsync();
            }
            else
            {
                // What is stored was found as it was, and the epoch to write under is drawn.
                _store.BeforeWrite = () =>
                {
                    _store.BeforeWrite = async () => await removal.Task;
                    return Task.CompletedTask;
                };
                held.Release();
                await _store.WaitForEpochsAsync(2);
            }
        };

        (await other.Source.ForgetAsync()).Should().BeTrue();
        removal.SetResult();
        await refresh;
        await program.IsQuietAsync();

        (await _store.GetAsync(StoredTokens.Key)).Should().BeNull();
    }

    private async Task<(Task<RefreshResult> Refresh, HeldAnswers Held)> RefreshAsync(MarkedProgram program)
    {
        await program.TokenAsync();
        await program.IsQuietAsync();
        var held = _servers.Production.HoldNext();
        var refresh = program.Refresher.RefreshAsync().AsTask();
        await _servers.Production.WaitForRequestsAsync(2);
        return (refresh, held);
    }

    private MarkedProgram Start(string? seed) => _servers.Start(("crm:Grant", "refresh_token"), ("crm:Seed:RefreshToken", seed));
}
