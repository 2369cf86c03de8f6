using Definitions;

namespace TokenKit.Definitions.Tests;

/// <summary>GitHub refuses requests without a <c>User-Agent</c>, and <see cref="HttpClient"/> sends none by itself.</summary>
public sealed class UserAgentTests
{
    [Fact]
    public async Task GitHub_is_told_who_asks_for_a_token_and_who_calls()
    {
        var report = RecordedScenarios.WithRenewals(await RecordedScenarios.OfAsync("github-app"))!;
        await using var program = await EntryProgram.StartAsync(Catalogue.Find("github-app"), report.Scenario);

        using var answer = await program.CallAsync();

        program.Server.Requests.Single().Headers["User-Agent"].Should().StartWith("TokenKit/");
        program.Api.Calls.Single().Headers["User-Agent"].Should().Be("acme-issues");
    }
}
