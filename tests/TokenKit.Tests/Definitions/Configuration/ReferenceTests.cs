using System.Reflection;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Configuration;
using TokenKit.Definitions.Compilation;
using TokenKit.Definitions.Configuration;

namespace TokenKit.Tests;

/// <summary>Schema and reference page are what the table of keys and the documentation of the options say.</summary>
public sealed class ReferenceTests
{
    public static TheoryData<string> Paths => [.. KeyTree.Keys.Select(static key => key.Path)];

    public static TheoryData<string> PathsWithExample => [.. KeyTree.Keys.Where(static key => key.Key.Example is not null).Select(static key => key.Path)];

    [Theory]
    [InlineData("src/TokenKit/ConfigurationSchema.json")]
    [InlineData("docs/reference.md")]
    public void The_file_is_what_the_table_of_keys_says(string path)
    {
        var text = path.EndsWith(".json", StringComparison.Ordinal) ? ConfigurationSchemaText.Write() : ReferencePageText.Write();
        var file = Path.Combine(RepositoryFiles.Root, path);
        if (Approval.IsGiven)
        {
            File.WriteAllText(file, text);
            return;
        }

        var expected = (File.Exists(file) ? File.ReadAllText(file) : "").Split('\n');
        text.Split('\n').Should().Equal(expected, "{0} is generated. If the table of keys or the documentation of the options was meant to change: {1}", path, Approval.Command);
    }

    [Fact]
    public void Every_option_is_a_key_and_every_key_an_option()
    {
        foreach (var section in DefinitionKeys.Sections)
        {
            var options = section.OptionsType.GetProperties(BindingFlags.Public | BindingFlags.Instance).Select(static property => property.Name);

            section.Keys.Select(static key => key.Name).Should().BeEquivalentTo(options, section.OptionsType.Name);
        }
    }

    [Theory]
    [MemberData(nameof(Paths))]
    public void The_documentation_of_an_option_says_what_it_means_its_range_and_its_default(string path)
    {
        var (_, section, key) = Find(path);

        OptionDocumentation.SummaryOf(section, key).Should().NotBeEmpty("it is the meaning of {0} in the schema and on the reference page", path);
        var says = OptionDocumentation.ValueOf(section, key);
        if (KeyTexts.Sentence(key) is { } sentence)
        {
            says.Should().Be(sentence, "that is what the <value> of {0} must say", path);
        }
        else
        {
            says?.Should().Contain("by default", "a <value> says the default, and the table of keys knows none for {0}", path);
        }

        OptionDocumentation.SummaryOf(section, key).Should().NotContain("by default", "the <value> says the default of {0}", path);
    }

    [Theory]
    [MemberData(nameof(Paths))]
    public void A_key_shows_by_words_or_an_example_what_to_write(string path)
    {
        var key = Find(path).Key;

        (key.Words.Count > 0 || key.Example is not null || key.Kind is ConfigurationKeyKind.Flag || key.Section is not null).Should().BeTrue(path);
    }

    [Theory]
    [MemberData(nameof(PathsWithExample))]
    public void An_example_can_be_read_and_is_allowed(string path)
    {
        var key = Find(path).Key;
        var definition = new JsonObject();
        KeyTree.Write(definition, path, ConfigurationSchemaText.ReadExample(key, key.Example!));
        if (path.StartsWith($"Response:Values:{KeyTree.AnyName}:", StringComparison.Ordinal))
        {
            definition["Response"]!["Values"]![KeyTree.AnyName]!["Expression"] ??= "body.x";
        }

        var options = Read(definition);

        options.ReadingFaults.Should().BeEmpty();
        var compilation = new CompilationContext("t", options);
        DefinitionKeys.Token.Check(compilation, "", options);
        compilation.Faults.Should().BeEmpty();
    }

    internal static (string Path, IConfigurationKeyTable Section, ConfigurationKey Key) Find(string path) => KeyTree.Keys.Single(key => key.Path == path);

    internal static TokenRefreshOptions Read(JsonObject definition, TokenRefreshOptions? options = null)
    {
        var json = new JsonObject { ["t"] = definition.DeepClone() }.ToJsonString();
        var configuration = new ConfigurationBuilder().AddJsonStream(new MemoryStream(Encoding.UTF8.GetBytes(json))).Build();
        options ??= new();
        TokenRefreshOptionsReader.Read(configuration.GetSection("t"), options);
        return options;
    }
}
