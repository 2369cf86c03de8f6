using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Definitions;

namespace TokenKit.Definitions.Tests;

/// <summary>The definitions that come with the sample, each against its recorded answers.</summary>
public sealed class CatalogueTests
{
    // Any text is a key of its HMAC, and a check makes up a secret that is missing: nothing can go wrong here.
    private static readonly string[] WithoutFailure = ["azure-event-hubs"];

    public static TheoryData<string> Names => [.. Catalogue.All().Select(entry => entry.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task A_definition_makes_of_its_recorded_answers_what_is_expected(string name)
    {
        var reports = await RecordedScenarios.OfAsync(name);

        reports.Should().NotBeEmpty().And.OnlyContain(report => report.Scenario.Expectations.Count > 0, "answers nobody expects anything of prove nothing");
        reports.Where(report => !report.Succeeded).Select(report => report.ToString()).Should().BeEmpty();
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task A_definition_renews_its_token_twice_in_one_scenario(string name)
    {
        var reports = await RecordedScenarios.OfAsync(name);

        if (RecordedScenarios.AskNobody(reports))
        {
            // A token that is made here, or a key that is one: no answer decides whether there is a next one, so that one is enough.
            reports.Should().Contain(static report => report.Check.Succeeded);
            return;
        }

        var renewed = RecordedScenarios.WithRenewals(reports);
        renewed.Should().NotBeNull("a definition that works once may still have nothing to go on with");
        var renewals = renewed!.Scenario.Expectations.Zip(renewed.Check.Refreshes).Skip(1).Take(2);
        foreach (var (former, (expected, refresh)) in renewed.Check.Refreshes.Zip(renewals))
        {
            expected.SaysWhatIsSent.Should().BeTrue("what the second and the third refresh send is what tells them from the first");
            if (refresh.Exchange == "RefreshRequest" && former.Result.TokenSet?.RefreshToken is { } newest)
            {
                refresh.Requests.Should().Contain(
                    request => RecordedScenarios.Carries(request, newest), "of rotating refresh tokens only the newest works");
            }
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task A_definition_says_what_a_failure_is_taken_for(string name)
    {
        var reports = await RecordedScenarios.OfAsync(name);

        var expectations = reports.SelectMany(static report => report.Scenario.Expectations);
        expectations.Any(static expected => expected.IsOfFailure).Should().Be(!WithoutFailure.Contains(name));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_definition_names_its_API_what_it_shows_and_the_page_it_was_written_from(string name)
    {
        var note = Catalogue.Find(name).Note();

        note.Api.Should().NotBeNullOrWhiteSpace();
        note.Shows.Should().NotBeNullOrWhiteSpace();
        new Uri(note.Documentation).Scheme.Should().Be("https");
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void No_secret_of_a_definition_has_the_name_of_a_token(string name)
    {
        var definition = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "apis", name + ".json"));
        var tokens = JsonNode.Parse(definition)!["TokenRefresh"]!.AsObject().Select(static token => token.Key);

        // It would work, and a reader would take the one for the other.
        var secrets = Regex.Matches(definition, @"\bsecret\.([\w-]+)").Select(static match => match.Groups[1].Value);

        secrets.Intersect(tokens).Should().BeEmpty("a secret is named for what it is, such as 'crm-client-secret'");
    }

    [Fact]
    public void There_are_at_least_24_and_the_page_beside_them_lists_each()
    {
        var entries = Catalogue.All();
        var page = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "apis", "README.md"));

        entries.Should().HaveCountGreaterThanOrEqualTo(24);
        entries.Should().OnlyContain(entry => page.Contains($"| [{entry.Name}]({entry.Name}.json) |", StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_program_checks_all_of_them_and_lists_them()
    {
        var check = await ProgramRun.OfAsync("check-all");
        var list = await ProgramRun.OfAsync("list");

        check.ExitCode.Should().Be(0, check.Output + check.Errors);
        check.Output.Should().NotContain("FAILED").And.Contain("ok     exact-online");
        list.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Should().HaveCount(Catalogue.All().Count);
    }

    [Fact]
    public async Task The_program_shows_one_of_them_in_full()
    {
        var run = await ProgramRun.OfAsync("check", "exact-online");

        run.ExitCode.Should().Be(0, run.Errors);
        run.Output.Should().Contain("due       2026-03-01 12:09:31Z").And.Contain("refresh token that is new");
    }

    [Fact]
    public async Task The_program_explains_one_of_them()
    {
        var run = await ProgramRun.OfAsync("explain", "zoho-crm");

        run.ExitCode.Should().Be(0, run.Errors);
        run.Output.Should().Contain("POST https://accounts.zoho.eu/oauth/v2/token").And.Contain("form      refresh_token=***")
            .And.Contain("Authorization: Zoho-oauthtoken ***").And.Contain("configuration TokenRefresh:zoho-crm:Params:dc");
    }
}
