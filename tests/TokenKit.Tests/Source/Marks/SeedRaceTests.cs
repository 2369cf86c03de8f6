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
    public async Task A_seed_that_comes_while_a_request_fails_is_not_sent_where_its_successor_could_not_be_stored(bool isRevoked)
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

        var failure = program.FailureAsync();
        await _servers.Production.WaitForRequestsAsync(1);
        await other.Source.SeedAsync(new TokenSeed(_servers.Production.IssueRefreshToken()));
        held.Release();

        (await failure)!.Reason.Should().Be(RefreshFailureReason.Superseded);
        _servers.Time.Advance(TimeSpan.FromMinutes(1));
        (await program.TokenAsync()).Should().Be(isRevoked ? "prod-access-1" : "prod-access-2");
        _servers.Time.Advance(TimeSpan.FromHours(1));
        (await program.TokenAsync()).Should().Be(isRevoked ? "prod-access-2" : "prod-access-3", "what the seed was refreshed into was stored");
        _servers.Production.ReuseDetections.Should().Be(0);
    }

    private MarkedProgram Start(string? seed) => _servers.Start(("crm:Grant", "refresh_token"), ("crm:Seed:RefreshToken", seed));
}
