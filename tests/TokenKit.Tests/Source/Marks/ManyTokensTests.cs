using TokenKit.Testing;

namespace TokenKit.Tests;

/// <summary>Two registrations with scopes of their own share one refresh token, on a server that keeps former access tokens.</summary>
public sealed class ManyTokensTests
{
    private static readonly string[] Both = ["admin", "read"];

    [Fact]
    public async Task Each_api_gets_the_token_of_its_own_scope_over_refreshes_401s_and_restarts()
    {
        using var folder = new StoreDirectory();
        var server = new FakeTokenEndpoint(null, folder.Time);
        var seed = server.IssueRefreshToken(scope: "admin read");
        for (var start = 0; start < 3; start++)
        {
            var store = folder.Open();
            await using var program = new ManyTokens(
                server, _ => store, folder.Time, Both, ("*:Secret:AccessTokens", "many"), ("admin:Seed:RefreshToken", seed));
            (await program.FaultAtStartAsync()).Should().BeNull();
            for (var minute = 0; minute < 120; minute += 10)
            {
                await program.CallAsync("admin");
                await program.CallAsync("read");
                if (minute == 60)
                {
                    program.Apis["read"].RejectOnce();
                    await program.CallAsync("read");
                }

                folder.Time.Advance(TimeSpan.FromMinutes(10));
            }

            program.ScopesSeenBy("admin").Should().Equal("admin");
            program.ScopesSeenBy("read").Should().Equal("read");
            (program.Apis["admin"].Rejected, program.Apis["read"].Rejected).Should().Be((0, 1));
        }

        server.ReuseDetections.Should().Be(0);
        server.TokenRequests.Should().BeLessThan(30, "each renews at its own pace, and a restart renews nothing");
    }

    [Fact]
    public async Task A_stored_token_of_each_serves_after_a_restart_without_a_request()
    {
        using var folder = new StoreDirectory();
        var server = new FakeTokenEndpoint(null, folder.Time);
        (string, string?)[] options = [("*:Secret:AccessTokens", "many"), ("admin:Seed:RefreshToken", server.IssueRefreshToken(scope: "admin read"))];
        var before = folder.Open();
        string[] obtained;
        await using (var program = new ManyTokens(server, _ => before, folder.Time, Both, options))
        {
            obtained = [await program.TokenAsync("admin"), await program.TokenAsync("read")];
            await program.IsQuietAsync();
        }

        var store = folder.Open();
        await using var after = new ManyTokens(server, _ => store, folder.Time, Both, options);

        string[] found = [await after.TokenAsync("admin"), await after.TokenAsync("read")];
        found.Should().Equal(obtained);
        server.TokenRequests.Should().Be(2);
    }

    [Fact]
    public async Task A_refresh_names_the_scope_of_its_registration()
    {
        var (server, program) = Start();
        await using var running = program;

        await program.TokenAsync("admin");
        await program.TokenAsync("read");

        server.Requests.Select(static request => request.Form["scope"]).Should().Equal("admin", "read");
    }

    private static (FakeTokenEndpoint Server, ManyTokens Program) Start(FakeTokenEndpointOptions? options = null, params string[] names)
    {
        var time = new ManualTimeProvider();
        var store = new InMemorySecretStore(time);
        var server = new FakeTokenEndpoint(options, time);
        return (server, new ManyTokens(
            server, _ => store, time, names.Length == 0 ? Both : names, ("*:Secret:AccessTokens", "many"), ("admin:Seed:RefreshToken", server.IssueRefreshToken(scope: "admin read"))));
    }
}
