using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using TokenKit.Definitions.Configuration;
using TokenKit.Language.Expressions;
using TokenKit.Language.Signing;

namespace TokenKit.Tests;

/// <summary>The schema by which editors complete a definition knows the same keys as the reader.</summary>
public sealed class ConfigurationSchemaTests
{
    private static readonly JsonObject Schema = JsonNode.Parse(RepositoryFiles.Read("src/TokenKit/ConfigurationSchema.json"))!.AsObject();

    public static TheoryData<string> Sections => new(TokenRefreshOptionsReader.Sections.Keys);

    [Theory]
    [MemberData(nameof(Sections))]
    public void A_section_has_the_keys_that_are_read_and_no_other(string section)
    {
        var definition = Schema["definitions"]![section]!;
        var known = definition["properties"]!.AsObject().Select(property => property.Key);

        known.Should().BeEquivalentTo(TokenRefreshOptionsReader.Sections[section]);
        definition["additionalProperties"]!.GetValue<bool>().Should().BeFalse("an unknown key is refused at start");
        definition["properties"]!.AsObject().Should().OnlyContain(property =>
            property.Value!["$ref"] != null || property.Value["description"]!.GetValue<string>().Length > 10);
    }

    [Fact]
    public void The_table_of_the_README_names_every_key()
    {
        var table = RepositoryFiles.Read("README.md").Split("| Key | Default | Meaning |")[1].Split("\n\n")[0];
        var keys = TokenRefreshOptionsReader.Sections.Where(static section => section.Key != "value").SelectMany(static section => section.Value)
            .Except(["Client", "Response", "Placement", "Freshness", "Resilience", "Seed", "Secret", "Jwt"]);

        keys.Where(key => !Regex.IsMatch(table, $"[`:]{key}`")).Should().BeEmpty();
    }

    [Fact]
    public void The_package_tells_editors_where_the_schema_is()
    {
        var project = RepositoryFiles.Read("src/TokenKit/TokenKit.csproj");
        var targets = RepositoryFiles.Read("src/TokenKit/buildTransitive/TokenKit.targets");

        project.Should().Contain("Include=\"ConfigurationSchema.json\" Pack=\"true\" PackagePath=\"/\"")
            .And.Contain("PackagePath=\"buildTransitive/\"");
        targets.Should().Contain("<JsonSchemaSegment Include=\"$(MSBuildThisFileDirectory)..\\ConfigurationSchema.json\"");
    }

    [Fact]
    public void Every_definition_is_referred_to_and_every_reference_leads_somewhere()
    {
        var definitions = Schema["definitions"]!.AsObject().Select(definition => definition.Key).ToArray();
        var references = Regex.Matches(Schema.ToJsonString(), "#/definitions/([a-z]+)").Select(match => match.Groups[1].Value).Distinct();

        references.Should().BeEquivalentTo(definitions);
        definitions.Should().BeEquivalentTo(TokenRefreshOptionsReader.Sections.Keys);
    }

    [Fact]
    public void The_choices_of_the_schema_are_those_of_the_compiler()
    {
        var client = Schema["definitions"]!["client"]!["properties"]!;
        client["Algorithm"]!["enum"]!.AsArray().Select(name => name!.GetValue<string>()).Should().BeEquivalentTo(SigningAlgorithm.Names);
        var reasons = Schema["definitions"]!["failure"]!["properties"]!["Is"]!["enum"]!.AsArray().Select(name => name!.GetValue<string>());
        reasons.Should().BeEquivalentTo(Enum.GetNames<RefreshFailureReason>().Skip(1));
    }

    [Theory]
    [InlineData("55m", true)]
    [InlineData("1h30m", true)]
    [InlineData("PT55M", true)]
    [InlineData("00:55:00", true)]
    [InlineData("never", true)]
    [InlineData("55", false)]
    [InlineData("soon", false)]
    public void A_duration_needs_its_unit_in_the_editor_as_well(string text, bool allowed)
    {
        var pattern = Schema["definitions"]!["response"]!["properties"]!["Lifetime"]!["pattern"]!.GetValue<string>();

        Regex.IsMatch(text, pattern).Should().Be(allowed);
        (text == "never" || DurationText.TryParse(text, out _)).Should().Be(allowed);
    }
}
