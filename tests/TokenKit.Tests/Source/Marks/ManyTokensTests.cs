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

    [Fact]
    public async Task A_server_that_ends_former_tokens_is_warned_about_by_name_once_for_a_registration()
    {
        var (server, program) = Start(new FakeTokenEndpointOptions { EndsFormerAccessTokens = true });
        await using var running = program;
        for (var round = 0; round < 4; round++)
        {
            await program.CallAsync("admin");
            await program.CallAsync("read");
            program.Time.Advance(TimeSpan.FromMinutes(1));
        }

        var warnings = program.Logs.Of(1211);
        warnings.Select(static entry => entry.Value("Token")!.ToString()).Should().Equal("admin", "read");
        warnings[0].Message.Should().Be(
            "The API rejected the token of 'admin', and its record 'vendor' holds a younger one that 'read' obtained for something else. If the server ends the former " +
            "access token at a refresh, the two need a grant for each: give one of them a Secret.Name of its own and, where there is a refresh token, a seed.");
        server.AccessTokens.Should().Contain(static token => token.State == AccessTokenState.Ended);
    }

    [Fact]
    public async Task A_forced_refresh_of_one_mark_leaves_the_floor_of_another_alone()
    {
        var (server, program) = Start();
        await using var running = program;
        await program.CallAsync("admin");
        await program.CallAsync("read");

        program.Apis["admin"].RejectOnce();
        await program.CallAsync("admin");
        program.Apis["read"].RejectOnce();
        await program.CallAsync("read");

        server.TokenRequests.Should().Be(4, "what was obtained for admin is of no use to read");
    }

    [Fact]
    public async Task A_401_of_the_youngest_token_warns_of_nothing()
    {
        var (_, program) = Start();
        await using var running = program;
        await program.CallAsync("admin");
        await program.CallAsync("read");

        program.Apis["read"].RejectOnce();
        await program.CallAsync("read");

        program.Logs.Of(1211).Should().BeEmpty();
    }

    [Fact]
    public async Task A_ninth_token_is_served_and_not_stored_and_warned_about_once()
    {
        string[] names = [.. Enumerable.Range(1, 9).Select(static number => $"s{number}")];
        var time = new ManualTimeProvider();
        var store = new InMemorySecretStore(time);
        var server = new FakeTokenEndpoint(null, time);
        (string, string?)[] options =
            [("*:Secret:AccessTokens", "many"), ("s1:Seed:RefreshToken", server.IssueRefreshToken(scope: string.Join(' ', names)))];
        await using var program = new ManyTokens(server, _ => store, time, names, options);
        foreach (var name in names)
        {
            await program.CallAsync(name);
        }

        var entry = program.Logs.Of(1303).Should().ContainSingle().Subject;
        entry.Value("Token")!.ToString().Should().Be("s9");
        entry.Message.Should().StartWith("The record 'vendor' has no place for the token that refresh ").And.EndWith(
            " of 's9' obtained: each is taken by one that still works. The token is served from memory and not stored, so other processes, and this one after a " +
            "restart, refresh for one of their own. Have fewer registrations and versions of them share the record: give some a Secret.Name of their own.");

        // It is served as any other, also when others of the record are renewed.
        await program.TokenAsync("s1", new TokenDemand { Force = true });
        await program.IsQuietAsync();
        await program.CallAsync("s9");
        server.TokenRequests.Should().Be(10);
        program.ScopesSeenBy("s9").Should().Equal("s9");

        await program.TokenAsync("s9", new TokenDemand { Force = true });
        await program.IsQuietAsync();
        program.Logs.Of(1303).Should().ContainSingle("once is enough");
        server.ReuseDetections.Should().Be(0, "the refresh token that came with it is stored");

        await using var restarted = new ManyTokens(server, _ => store, time, names, options);
        foreach (var name in names)
        {
            await restarted.CallAsync(name);
        }

        server.TokenRequests.Should().Be(12, "the eight are found, the ninth is obtained");
    }

    [Fact]
    public async Task A_hint_of_a_write_for_another_mark_leaves_the_copy_in_service_while_it_is_looked_at()
    {
        var (server, store, admin, read) = StartTwo("admin", "read");
        await using var one = admin;
        await using var other = read;
        await admin.TokenAsync("admin");
        var known = await read.TokenAsync("read");
        await admin.TokenAsync("admin", new TokenDemand { Force = true });
        await admin.IsQuietAsync();
        var hint = await HintAsync(store);
        var look = new TaskCompletionSource();
        store.BeforeRead = () => look.Task;

        store.Raise(hint);

        await TokenHost.HappensAtOnceAsync(() => store.BeforeRead is null, "what is stored is looked at");
        read.TokenAsync("read").IsCompleted.Should().BeTrue("nobody waits for a look");
        look.SetResult();
        await read.IsQuietAsync();
        (await read.TokenAsync("read")).Should().Be(known);
        server.TokenRequests.Should().Be(3);
    }

    [Fact]
    public async Task A_hint_that_the_token_itself_was_replaced_brings_the_newer_one()
    {
        var (server, store, one, other) = StartTwo("read", "read");
        await using var first = one;
        await using var second = other;
        await one.TokenAsync("read");
        (await other.TokenAsync("read")).Should().Be("access-1");
        await one.TokenAsync("read", new TokenDemand { Force = true });
        await one.IsQuietAsync();

        store.Raise(await HintAsync(store));

        await TokenHost.HappensAtOnceAsync(
            () => other.Source("read").TryGetCached(out var current) && current.Reveal() == "access-2", "the newer one is there without anybody asking");
        server.TokenRequests.Should().Be(2);
    }

    [Fact]
    public async Task A_hint_of_a_grant_that_somebody_put_in_ends_the_copies_of_the_former_one()
    {
        var (server, store, one, other) = StartTwo("admin", "read");
        await using var first = one;
        await using var second = other;
        await one.TokenAsync("admin");
        await other.TokenAsync("read");
        await one.Source("admin").SeedAsync(new TokenSeed(server.IssueRefreshToken(scope: "admin read")) { Overwrite = true });

        store.Raise(await HintAsync(store));

        await TokenHost.HappensAtOnceAsync(
            () => other.Source("read").TryGetCached(out var current) && current.Reveal() == "access-3", "a token of the new grant is obtained");
    }

    private static (FakeTokenEndpoint Server, FaultyStore Store, ManyTokens One, ManyTokens Other) StartTwo(string one, string other)
    {
        var store = new FaultyStore();
        var server = new FakeTokenEndpoint(null, store.Time);
        var seed = server.IssueRefreshToken(scope: "admin read");
        return (server, store, Start(one, $"{one}:Seed:RefreshToken"), Start(other, "*:Secret:Name"));

        ManyTokens Start(string name, string key) => new(
            server, _ => store, store.Time, [name], ("*:Secret:AccessTokens", "many"), (key, key.EndsWith("Name", StringComparison.Ordinal) ? ManyTokens.Record : seed));
    }

    private static async Task<SecretChange> HintAsync(FaultyStore store)
    {
        var key = new SecretKey("Production", ManyTokens.Record) { Kind = SecretKind.TokenSet };
        var entry = await store.GetAsync(key);
        return new SecretChange { Key = key, WrittenEpoch = entry!.WrittenEpoch, WrittenSequence = entry.WrittenSequence };
    }

    private static (FakeTokenEndpoint Server, ManyTokens Program) Start(FakeTokenEndpointOptions? options = null)
    {
        var time = new ManualTimeProvider();
        var store = new InMemorySecretStore(time);
        var server = new FakeTokenEndpoint(options, time);
        return (server, new ManyTokens(
            server, _ => store, time, Both, ("*:Secret:AccessTokens", "many"),
            ("admin:Seed:RefreshToken", server.IssueRefreshToken(scope: "admin read"))));
    }
}
