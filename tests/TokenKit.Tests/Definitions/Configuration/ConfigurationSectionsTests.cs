using System.Text;
using Microsoft.Extensions.Configuration;
using TokenKit.Definitions.Configuration;

namespace TokenKit.Tests;

/// <summary>A section that is copied by the tree of keys is the one that its providers give to whoever asks them.</summary>
public sealed class ConfigurationSectionsTests
{
    private const string Json = """
        { "TokenRefresh": {
          "crm": { "Grant": "client_credentials", "Scope": ["a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l"], "Audience": null, "Resource": "",
                   "Params": {}, "Request": { "Json": { "b": "1", "A": ["x", { "y": "z" }], "10": "ten", "9": "nine" } } },
          "crm-2": { "Grant": "refresh_token" } } }
        """;

    public static TheoryData<string> Kinds { get; } = ["root", "manager", "chained", "several", "odd"];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_copy_has_what_the_section_has(string kind)
    {
        var configuration = Configure(kind);
        var sections = new ConfigurationSections(configuration);

        foreach (var path in new[] { "TokenRefresh", "TokenRefresh:crm", "tokenrefresh:CRM:Request", "TokenRefresh:crm-2", "TokenRefresh:none", "TokenRefresh:crm:Grant" })
        {
            var section = configuration.GetSection(path);
            Flat(sections.CopyOf(section)).Should().Equal(Flat(section));
            sections.CopyOf(section).Print().Should().Equal(SectionCopy.Of(section).Print());
        }
    }

    [Fact]
    public void Nobody_is_asked_for_the_children_of_a_part()
    {
        var asked = new AskedProvider();
        asked.Values["TokenRefresh:crm:Client:Id"] = "a";
        asked.Values["TokenRefresh:crm:Scope:0"] = "b";
        var configuration = new ConfigurationRoot([asked]);

        Flat(new ConfigurationSections(configuration).CopyOf(configuration.GetSection("TokenRefresh:crm"))).Should().HaveCount(5);

        asked.Times.Should().Be(0);
    }

    [Fact]
    public void What_was_set_without_a_reload_is_in_the_next_copy()
    {
        var configuration = Configure("several");
        var sections = new ConfigurationSections(configuration);
        var section = configuration.GetSection("TokenRefresh:crm");
        sections.CopyOf(section);

        configuration["TokenRefresh:crm:Grant"] = "password";
        configuration["TokenRefresh:crm:Client:Id"] = "new";

        Flat(sections.CopyOf(section)).Should().Equal(Flat(section)).And.Contain("TokenRefresh:crm:Client:Id = new");
    }

    [Fact]
    public void A_section_of_another_configuration_is_asked_for()
    {
        var sections = new ConfigurationSections(Configure("root"));
        var other = new ConfigurationBuilder().AddInMemoryCollection([new("TokenRefresh:crm:Grant", "other")]).Build().GetSection("TokenRefresh:crm");

        Flat(sections.CopyOf(other)).Should().Equal("TokenRefresh:crm = ", "TokenRefresh:crm:Grant = other");
    }

    [Fact]
    public void A_provider_that_answers_otherwise_than_by_its_data_is_asked()
    {
        var configuration = Configure("odd");

        Flat(new ConfigurationSections(configuration).CopyOf(configuration.GetSection("TokenRefresh"))).Should().Contain("TokenRefresh:hidden = ");
    }

    [Theory]
    [InlineData("Grant", "refresh_token")]
    [InlineData("Audience", "")]
    [InlineData("Resource", null)]
    [InlineData("Scope:12", "m")]
    [InlineData("Scope:0", "aa")]
    public void A_section_that_says_something_else_has_another_print(string key, string? value)
    {
        var configuration = Configure("root");
        var before = SectionCopy.Of(configuration.GetSection("TokenRefresh:crm")).Print();

        configuration[$"TokenRefresh:crm:{key}"] = value;

        SectionCopy.Of(configuration.GetSection("TokenRefresh:crm")).Print().Should().NotEqual(before);
    }

    private static IConfigurationRoot Configure(string kind)
    {
        IConfigurationBuilder builder = kind == "manager" ? new ConfigurationManager() : new ConfigurationBuilder();
        builder.AddJsonStream(new MemoryStream(Encoding.UTF8.GetBytes(Json)));
        switch (kind)
        {
            case "chained":
                builder.AddConfiguration(new ConfigurationBuilder().AddInMemoryCollection([new("TokenRefresh:CRM:Client:Id", "chained"), new("TokenRefresh:crm:Grant", "")]).Build());
                break;
            case "several":
                builder.AddInMemoryCollection([new("TokenRefresh:CRM:params:Host", "upper"), new("TokenRefresh:crm:Scope", "text beside a list"), new("TokenRefresh:crm:Grant", null)]);
                break;
            case "odd":
                builder.Add(new OddProvider());
                break;
        }

        return (IConfigurationRoot)(builder as ConfigurationManager ?? (IConfiguration)builder.Build());
    }

    private static IEnumerable<string> Flat(IConfigurationSection section) =>
        section.GetChildren().SelectMany(Flat).Prepend($"{section.Path} = {section.Value}");

    private sealed class OddProvider : ConfigurationProvider, IConfigurationSource
    {
        public IConfigurationProvider Build(IConfigurationBuilder builder) => this;

        public override IEnumerable<string> GetChildKeys(IEnumerable<string> earlierKeys, string? parentPath) =>
            base.GetChildKeys(parentPath == "TokenRefresh" ? earlierKeys.Append("hidden") : earlierKeys, parentPath);
    }

    /// <summary>Counts how often it is asked, through a list that the platform's own answer walks.</summary>
    private sealed class AskedProvider : ConfigurationProvider
    {
        public AskedProvider() => Data = new CountedKeys(this);

        public int Times { get; set; }

        public IDictionary<string, string?> Values => Data;

        /// <summary>The platform's answer walks the pairs; the tree of keys walks the keys.</summary>
        private sealed class CountedKeys(AskedProvider owner) : Dictionary<string, string?>(StringComparer.OrdinalIgnoreCase), IEnumerable<KeyValuePair<string, string?>>
        {
            IEnumerator<KeyValuePair<string, string?>> IEnumerable<KeyValuePair<string, string?>>.GetEnumerator()
            {
                owner.Times++;
                return GetEnumerator();
            }
        }
    }
}
