using TokenKit.Testing;

namespace TokenKit.Tests;

/// <summary>Registrations that cannot share a record stop the start, and the message says which line to write.</summary>
public sealed class RecordSharingTests
{
    private const string OfScopes =
        "The tokens 'admin' and 'read' share the record 'vendor' (Secret.Name), and ask for different things (their token marks differ in scope). " +
        "'read' would be given the token of 'admin'. In the configuration, give 'read' a record of its own: \"Secret\": { \"Name\": \"read\" }. Or, if the server keeps " +
        "former access tokens at a refresh, and the whole grant when less scope is asked for, let the record hold the tokens of both: write " +
        "\"Secret\": { \"AccessTokens\": \"many\" } for both.";

    public static TheoryData<string, string> Refused { get; } = new()
    {
        { "", OfScopes },
        { "admin:Secret:AccessTokens=many", OfScopes },
        {
            "*:Scope=all *:Audience=https://read.example.com admin:Audience=https://admin.example.com",
            "The tokens 'admin' and 'read' share the record 'vendor' (Secret.Name), and ask for different things (their token marks differ in audience). " +
            "On a common server each refresh for 'read' would end the token of 'admin'. In the configuration, give 'read' a record of its own: " +
            "\"Secret\": { \"Name\": \"read\" }. Or, if the server keeps former access tokens at a refresh, and the whole grant when less scope is asked for, let the " +
            "record hold the tokens of both: write \"Secret\": { \"AccessTokens\": \"many\" } for both."
        },
        {
            "read:RefreshRequest:Form:shop=${subject?}",
            "The tokens 'admin' and 'read' share the record 'vendor' (Secret.Name), and what 'read' asks for reads a parameter or the subject, and is known at a " +
            "call alone. 'read' would be given the token of 'admin'. In the configuration, give 'read' a record of its own: \"Secret\": { \"Name\": \"read\" }. Or, if the " +
            "server keeps former access tokens at a refresh, and the whole grant when less scope is asked for, let the record hold the tokens of both: write " +
            "\"Secret\": { \"AccessTokens\": \"many\" } for both."
        },
        {
            "read:Client:Id=another *:Secret:AccessTokens=many",
            "The tokens 'admin' and 'read' share the record 'vendor' (Secret.Name), and are of different clients or servers (their grant marks differ in client): neither " +
            "could use the refresh token of the other. In the configuration, give 'read' a record of its own: \"Secret\": { \"Name\": \"read\" }. If one server accepts " +
            "the grants of both, write the same Secret.Grant for both."
        },
        {
            "*:Seed:RefreshToken=r *:Scope=all",
            "The tokens 'admin' and 'read' share the record 'vendor' (Secret.Name), and both have a Seed: each would put its own grant in the place of the other's. " +
            "Leave Seed to one of them, or give 'read' a record of its own: \"Secret\": { \"Name\": \"read\" }."
        },
        {
            "*:Scope=all admin:Secret:AccessTokens=many read:Secret:AccessTokens=one",
            "The tokens 'admin' and 'read' share the record 'vendor' (Secret.Name), and 'admin' keeps many access tokens in it (Secret.AccessTokens), 'read' one: " +
            "a refresh for 'read' would remove tokens that 'admin' uses. Write \"Secret\": { \"AccessTokens\": \"many\" } for both, or for neither."
        },
        {
            "*:Secret:Name=read",
            "The tokens 'admin' and 'read' share the record 'read' (Secret.Name), and ask for different things (their token marks differ in scope). " +
            "'admin' would be given the token of 'read'. In the configuration, give 'admin' a record of its own: \"Secret\": { \"Name\": \"admin\" }. Or, if the server " +
            "keeps former access tokens at a refresh, and the whole grant when less scope is asked for, let the record hold the tokens of both: write " +
            "\"Secret\": { \"AccessTokens\": \"many\" } for both."
        },
    };

    [Theory]
    [MemberData(nameof(Refused))]
    public async Task What_cannot_share_a_record_stops_the_start(string written, string message)
    {
        await using var program = Start(written);

        (await program.FaultAtStartAsync()).Should().Be(message);
    }

    [Theory]
    [InlineData("*:Scope=all")]
    [InlineData("*:Scope=all *:Secret:AccessTokens=many")]
    [InlineData("*:Secret:AccessTokens=many")]
    [InlineData("*:Secret:Mark=by-hand")]
    [InlineData("*:Scope=all *:RefreshRequest:Form:shop=${subject?}")]
    [InlineData("*:Secret:AccessTokens=many read:RefreshRequest:Form:shop=${subject?}")]
    [InlineData("*:Scope=all read:Client:Id=another *:Secret:Grant=vendor")]
    [InlineData("*:Scope=all read:Seed:RefreshToken=r")]
    [InlineData("read:Secret:Name=read read:Client:Id=another *:Seed:RefreshToken=r")]
    [InlineData("read:Secret:Environment=Staging")]
    public async Task What_can_share_a_record_or_has_another_starts(string written)
    {
        await using var program = Start(written);

        (await program.FaultAtStartAsync()).Should().BeNull();
    }

    [Fact]
    public async Task Another_store_is_another_record()
    {
        await using var program = Start("", oneStore: false);

        (await program.FaultAtStartAsync()).Should().BeNull();
    }

    [Fact]
    public async Task Of_three_each_pair_that_clashes_is_named_once()
    {
        var time = new ManualTimeProvider();
        var store = new InMemorySecretStore(time);
        await using var program = new ManyTokens(new FakeTokenEndpoint(null, time), _ => store, time, ["admin", "read", "write"]);

        (await program.FaultAtStartAsync())!.Split(Environment.NewLine).Select(static line => line[..line.IndexOf(" share", StringComparison.Ordinal)])
            .Should().BeEquivalentTo("The tokens 'admin' and 'read'", "The tokens 'admin' and 'write'", "The tokens 'read' and 'write'");
    }

    [Fact]
    public async Task Without_a_host_the_first_use_is_refused_and_no_token_of_another_scope_is_handed_out()
    {
        await using var program = Start("admin:Seed:RefreshToken=r");

        program.Invoking(static program => program.Source("read")).Should().Throw<InvalidOperationException>().WithMessage(OfScopes);
    }

    [Fact]
    public async Task Options_of_another_registration_that_cannot_work_keep_nobody_from_a_token_of_his_own()
    {
        await using var program = Start("read:Grant=nonsense admin:Seed:RefreshToken=r");

        program.Invoking(static program => program.Source("admin")).Should().NotThrow();
        program.Invoking(static program => program.Source("read")).Should().Throw<Microsoft.Extensions.Options.OptionsValidationException>();
    }

    [Fact]
    public async Task A_reload_that_makes_them_clash_is_in_use_and_logged_once()
    {
        await using var program = Start("*:Scope=all");
        (await program.FaultAtStartAsync()).Should().BeNull();

        program.Reload(("admin:Scope", "admin"), ("read:Scope", "read"));
        program.Time.Advance(TimeSpan.FromSeconds(2));
        program.Reload();
        program.Time.Advance(TimeSpan.FromSeconds(2));

        var entry = program.Logs.Of(1505).Should().ContainSingle().Subject;
        entry.Value("Token").Should().Be("read");
        entry.Message.Should().Be(
            "The reloaded options of token 'read' are in use, and do not fit another registration's: with them the program would not start. Correct the configuration. " + OfScopes);

        program.Reload(("admin:Scope", "all"), ("read:Scope", "all"));
        program.Time.Advance(TimeSpan.FromSeconds(2));
        program.Logs.Of(1505).Should().ContainSingle("what was corrected is no fault");
    }

    [Fact]
    public async Task A_reload_that_changes_both_alike_is_not_judged_between_the_two()
    {
        await using var program = Start("*:Scope=all");
        (await program.FaultAtStartAsync()).Should().BeNull();

        program.Reload(("admin:Scope", "more"), ("read:Scope", "more"));
        program.Time.Advance(TimeSpan.FromSeconds(2));

        program.Logs.Of(1505).Should().BeEmpty();
    }

    private static ManyTokens Start(string written, bool oneStore = true)
    {
        var time = new ManualTimeProvider();
        var store = new InMemorySecretStore(time);
        return new ManyTokens(
            new FakeTokenEndpoint(null, time),
            _ => oneStore ? store : new InMemorySecretStore(time),
            time,
            ["admin", "read"],
            [.. written.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(static line => (line[..line.IndexOf('=')], (string?)line[(line.IndexOf('=') + 1)..]))]);
    }
}
