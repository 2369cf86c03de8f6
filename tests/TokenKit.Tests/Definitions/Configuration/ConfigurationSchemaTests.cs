using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using TokenKit.Definitions.Configuration;
using TokenKit.Language.Expressions;

namespace TokenKit.Tests;

/// <summary>The schema by which editors complete a definition.</summary>
public sealed class ConfigurationSchemaTests
{
    private static readonly JsonObject Schema = JsonNode.Parse(RepositoryFiles.Read("src/TokenKit/ConfigurationSchema.json"))!.AsObject();

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
        definitions.Should().Equal(DefinitionKeys.Sections.Select(static section => section.Name));
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

    [Fact]
    public void The_editor_takes_never_only_where_the_reader_does()
    {
        var pattern = Schema["definitions"]!["resilience"]!["properties"]!["Timeout"]!["pattern"]!.GetValue<string>();

        Regex.IsMatch("never", pattern).Should().BeFalse();
    }
}
