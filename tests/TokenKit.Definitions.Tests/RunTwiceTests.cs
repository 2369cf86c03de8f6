using System.Text.Json;
using Definitions;
using TokenKit.Testing;

namespace TokenKit.Definitions.Tests;

/// <summary><c>run FILE --times 2</c> for everything in the catalogue, against a server on loopback with the recorded answers.</summary>
public sealed class RunTwiceTests : IDisposable
{
    private readonly WorkFolder _folder = new();

    public static TheoryData<string> Names => CatalogueTests.Names;

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(Names))]
    public async Task A_definition_refreshes_twice_against_a_server_with_its_answers(string name)
    {
        var entry = Catalogue.Find(name);
        var reports = await RecordedScenarios.OfAsync(name);
        var scenario = (RecordedScenarios.WithRenewals(reports) ?? reports[0]).Scenario;
        var secrets = JsonSerializer.Serialize(StandInSecrets.For(entry.DefinitionFile, scenario.Options.Secrets));
        await using var server = LoopbackServer.Start(new RecordedServer([.. OtherTokens.Answers(entry), .. scenario.Answers]));
        var (output, errors) = (new StringWriter(), new StringWriter());

        var exitCode = await RunCommand.RunAsync(
            new RunOptions([
                entry.DefinitionFile, "--name", entry.Name, "--base-url", server.Address.ToString(), "--times", "2",
                "--secrets", _folder.Write("secrets.json", secrets),
                .. scenario.Options.Subject is { Length: > 0 } subject ? new[] { "--subject", subject } : [],
            ]),
            output,
            errors,
            new ManualTimeProvider(scenario.Options.Now));

        exitCode.Should().Be(0, output.ToString() + errors);
        output.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries).Should().HaveCount(2)
            .And.OnlyContain(static line => line.Contains("\"outcome\":\"Refreshed\"", StringComparison.Ordinal));
    }

    [Fact]
    public void The_page_names_every_definition_for_which_a_text_is_no_secret()
    {
        var page = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "README.md"));
        var wanting = Catalogue.All().Where(static entry => StandInSecrets.AreMoreThanText(entry.DefinitionFile));

        wanting.Select(static entry => entry.Name).Should().NotBeEmpty().And.OnlyContain(
            name => page.Contains($"`{name}`", StringComparison.Ordinal), "otherwise run says that nothing could be sent");
    }
}
