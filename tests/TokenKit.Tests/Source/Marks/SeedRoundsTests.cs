using TokenKit.Testing;

namespace TokenKit.Tests;

/// <summary>Versions of a program, each with a seed of its own, over one store and a server that takes each refresh token once.</summary>
public sealed class SeedRoundsTests
{
    private const int Rounds = 24;

    private static readonly TimeSpan PastOneLife = TimeSpan.FromMinutes(61);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Two_versions_with_a_seed_each_take_no_turns_with_them(bool onFiles)
    {
        using var folder = new StoreDirectory();
        var servers = Servers(folder, onFiles);
        var endpoint = servers.Production;
        var seeds = new[] { endpoint.IssueRefreshToken(), endpoint.IssueRefreshToken() };
        var versions = seeds.Select(seed => Start(servers, seed)).ToArray();
        string? consented = null;
        for (var round = 0; round < Rounds; round++)
        {
            if (round == Rounds / 3)
            {
                consented = endpoint.IssueRefreshToken();
                (await versions[0].Source.SeedAsync(new TokenSeed(consented) { Overwrite = true })).Should().BeTrue();
            }

            await CallAsync(servers, versions, first: round % 2);
            if (round % 3 == 2)
            {
                await RestartAsync(servers, versions, round / 3 % 2, seeds);
            }
        }

        await EndAsync(versions);
        endpoint.ReuseDetections.Should().Be(0);
        endpoint.LostGrants.Should().Be(0);
        endpoint.Redemptions.Should().Contain(seeds[0], 1).And.Contain(seeds[1], 1).And.Contain(consented!, 1);
        TokensSent(endpoint).SkipWhile(token => token != consented).Should().HaveCountGreaterThan(Rounds / 2)
            .And.Equal(ChainFrom(endpoint, consented!), "from the consent on, nothing else was sent");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_seed_that_the_server_refuses_is_sent_once_and_stays_away(bool onFiles)
    {
        using var folder = new StoreDirectory();
        var servers = Servers(folder, onFiles);
        var endpoint = servers.Production;
        var seeds = new[] { endpoint.IssueRefreshToken(), "never-issued" };
        var versions = new[] { Start(servers, seeds[0]) };
        await CallAsync(servers, versions, first: 0);
        versions = [versions[0], Start(servers, seeds[1])];
        servers.Time.Advance(PastOneLife);
        (await versions[1].FailureAsync())!.Reason.Should().Be(RefreshFailureReason.ReauthorizationRequired);

        var consented = endpoint.IssueRefreshToken();
        await versions[0].Source.SeedAsync(new TokenSeed(consented) { Overwrite = true });
        for (var round = 0; round < Rounds; round++)
        {
            await CallAsync(servers, versions, first: round % 2);
            await RestartAsync(servers, versions, round % 2, seeds);
        }

        await EndAsync(versions);
        endpoint.ReuseDetections.Should().Be(0);
        endpoint.Redemptions.Should().Contain(seeds[0], 1).And.Contain(consented, 1);
        TokensSent(endpoint).Count(token => token == seeds[1]).Should().Be(1);
        TokensSent(endpoint).SkipWhile(token => token != consented).Should().Equal(ChainFrom(endpoint, consented));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_code_that_the_server_refuses_is_sent_once_and_the_grant_of_the_other_version_goes_on(bool onFiles)
    {
        using var folder = new StoreDirectory();
        var servers = Servers(folder, onFiles);
        var endpoint = servers.Production;
        var seed = endpoint.IssueRefreshToken();
        var ofSeed = Start(servers, seed);
        await ofSeed.TokenAsync();
        await ofSeed.IsQuietAsync();
        var ofCode = StartWithCode(servers);
        servers.Time.Advance(PastOneLife);
        (await ofCode.FailureAsync())!.Reason.Should().Be(RefreshFailureReason.ReauthorizationRequired);
        for (var round = 0; round < Rounds; round++)
        {
            await CallAsync(servers, [ofSeed, ofCode], first: round % 2);
            await ofSeed.DisposeAsync();
            await ofCode.DisposeAsync();
            (ofSeed, ofCode) = (Start(servers, seed), StartWithCode(servers));
        }

        await EndAsync([ofSeed, ofCode]);
        endpoint.Requests.Count(request => request.GrantType == "authorization_code").Should().Be(1);
        endpoint.ReuseDetections.Should().Be(0);
        endpoint.LostGrants.Should().Be(0);
        endpoint.Redemptions.Should().Contain(seed, 1);
        TokensSent(endpoint).Should().Equal(ChainFrom(endpoint, seed));
    }

    [Theory]
    [InlineData(7, 1)]
    [InlineData(8, 2)]
    public async Task The_last_eight_seeds_are_remembered_and_one_before_them_is_a_new_one(int others, int sent)
    {
        var servers = new TwoServers();
        var endpoint = servers.Production;
        var seeds = Enumerable.Range(0, others + 1).Select(_ => endpoint.IssueRefreshToken()).ToArray();
        foreach (var seed in seeds)
        {
            await using var version = Start(servers, seed);
            await version.TokenAsync();
        }

        servers.Time.Advance(PastOneLife);
        await using var former = Start(servers, seeds[0]);
        await former.FailureAsync();

        TokensSent(endpoint).Count(token => token == seeds[0]).Should().Be(sent);
    }

    private static TwoServers Servers(StoreDirectory folder, bool onFiles) =>
        onFiles ? new TwoServers(() => folder.Open(), folder.Time) : new TwoServers();

    private static MarkedProgram Start(TwoServers servers, string seed) =>
        servers.Start(("crm:Grant", "refresh_token"), ("crm:Seed:RefreshToken", seed));

    private static MarkedProgram StartWithCode(TwoServers servers) => servers.Start(
        ("crm:Grant", "refresh_token"), ("crm:Seed:Code", "no-such-code"), ("crm:Seed:RedirectUri", "https://app.example.com/back"));

    // Each needs a token that works, after the former one has ended.
    private static async Task CallAsync(TwoServers servers, MarkedProgram[] versions, int first)
    {
        servers.Time.Advance(PastOneLife);
        for (var turn = 0; turn < versions.Length; turn++)
        {
            var version = versions[(first + turn) % versions.Length];
            (await version.CallAsync()).EnsureSuccessStatusCode();
            await version.IsQuietAsync();
        }
    }

    private static async Task RestartAsync(TwoServers servers, MarkedProgram[] versions, int which, string[] seeds)
    {
        await versions[which].DisposeAsync();
        versions[which] = Start(servers, seeds[which]);
    }

    private static async Task EndAsync(MarkedProgram[] versions)
    {
        foreach (var version in versions)
        {
            await version.DisposeAsync();
        }
    }

    private static IEnumerable<string> TokensSent(FakeTokenEndpoint endpoint) =>
        endpoint.Requests.Select(static request => request.RefreshToken).OfType<string>();

    // What a refresh token is rotated into, one after the other.
    private static IEnumerable<string> ChainFrom(FakeTokenEndpoint endpoint, string token)
    {
        foreach (var request in endpoint.Requests)
        {
            if (request.RefreshToken == token)
            {
                yield return token;
                token = request.IssuedRefreshToken ?? token;
            }
        }
    }
}
