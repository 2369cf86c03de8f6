using System.Collections.Immutable;
using System.Net;
using Definitions;

namespace TokenKit.Definitions.Tests;

/// <summary>Files with two tokens of which one needs the other, through the whole library.</summary>
public sealed class DependentTokenTests
{
    private static readonly TimeSpan BothHaveExpired = TimeSpan.FromHours(1.1);

    public static TheoryData<string> Names =>
        [.. Catalogue.All().Where(static entry => entry.Definition().Names.Count > 1).Select(static entry => entry.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task The_token_that_is_needed_is_renewed_first_and_the_other_one_is_made_with_it(string name)
    {
        await using var program = await StartAsync(name);
        var needed = NeededBy(program, name);

        using var first = await program.CallAsync();
        program.Time.Advance(BothHaveExpired);
        using var second = await program.CallAsync();

        (first.StatusCode, second.StatusCode).Should().Be((HttpStatusCode.OK, HttpStatusCode.OK));
        needed.Requests.Should().HaveCount(2);
        program.Server.Requests.Should().HaveCount(2);
        Everything(program.Server.Requests.First()).Should().Contain("needed-1");
        Everything(program.Server.Requests.Last()).Should().Contain("needed-2").And.NotContain("needed-1");
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task A_call_that_is_refused_renews_its_own_token_with_the_one_that_still_works(string name)
    {
        await using var program = await StartAsync(name);
        var needed = NeededBy(program, name);

        program.Api.RefuseOnce(static () => new HttpResponseMessage(HttpStatusCode.Unauthorized));
        using var answer = await program.CallAsync();

        answer.StatusCode.Should().Be(HttpStatusCode.OK);
        program.Server.Requests.Should().HaveCount(2);
        needed.Requests.Should().HaveCount(1, "what the API refuses is not the token that paid for it");
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task A_needed_token_that_is_refused_is_a_failure_until_it_is_renewed(string name)
    {
        await using var program = await StartAsync(name, refusedFirst: true);
        var needed = NeededBy(program, name);

        var refused = await program.Invoking(static program => program.CallAsync()).Should().ThrowAsync<TokenRefreshException>();
        needed.Requests.Should().HaveCount(1, "nothing says that the needed token is what was refused");
        program.Time.Advance(BothHaveExpired);
        using var answer = await program.CallAsync();

        refused.Which.Reason.Should().Be(RefreshFailureReason.ClientRejected);
        answer.StatusCode.Should().Be(HttpStatusCode.OK);
        needed.Requests.Should().HaveCount(2);
        program.Server.Requests.Should().HaveCount(2);
    }

    private static async Task<EntryProgram> StartAsync(string name, bool refusedFirst = false)
    {
        var scenario = RecordedScenarios.WithRenewals(await RecordedScenarios.OfAsync(name))!.Scenario;
        var refusal = new TokenAnswer(401, ImmutableDictionary<string, IReadOnlyList<string>>.Empty, ReadOnlyMemory<byte>.Empty);
        return await EntryProgram.StartAsync(
            Catalogue.Find(name),
            refusedFirst ? scenario with { Answers = [refusal, .. scenario.Answers.Skip(1)] } : scenario,
            static _ => [OtherTokens.Answer("needed-1", lifetime: 3600), OtherTokens.Answer("needed-2", lifetime: 3600)]);
    }

    private static string Everything(RecordedRequest request) => string.Join('\n', [request.Text, .. request.Headers.Values]);

    private static RecordedServer NeededBy(EntryProgram program, string name) => program.Servers.Single(server => server.Key != name).Value;
}
