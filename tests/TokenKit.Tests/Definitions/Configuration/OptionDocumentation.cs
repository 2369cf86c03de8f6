using System.Reflection;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using TokenKit.Definitions.Configuration;

namespace TokenKit.Tests;

/// <summary>What the documentation of the options says of a key, from the XML file of the build.</summary>
internal static partial class OptionDocumentation
{
    private static readonly Dictionary<string, XElement> Members = XDocument
        .Load(Path.Combine(AppContext.BaseDirectory, "TokenKit.xml")).Descendants("member")
        .ToDictionary(static member => member.Attribute("name")!.Value);

    // By the names that the compiler gives to properties: where a key of the configuration stands.
    private static readonly Dictionary<string, string> Paths = KeyTree.Keys.ToDictionary(
        static key => $"P:{key.Section.OptionsType.FullName!.Replace('+', '.')}.{key.Key.Name}", static key => key.Path);

    private static readonly Dictionary<string, string> Words = FindWords();

    /// <summary>What a section is, in Markdown.</summary>
    public static string SummaryOf(IConfigurationKeyTable section) =>
        Text(section, $"T:{section.OptionsType.FullName!.Replace('+', '.')}", "summary") ?? "";

    /// <summary>What a key means, in Markdown; empty where its option says nothing.</summary>
    public static string SummaryOf(IConfigurationKeyTable section, ConfigurationKey key) => Text(section, NameOf(section, key), "summary") ?? "";

    /// <summary>What its documentation says of range and default; <see langword="null"/> where it says nothing.</summary>
    public static string? ValueOf(IConfigurationKeyTable section, ConfigurationKey key) => Text(section, NameOf(section, key), "value");

    private static string NameOf(IConfigurationKeyTable section, ConfigurationKey key) =>
        $"P:{section.OptionsType.FullName!.Replace('+', '.')}.{key.Name}";

    private static string? Text(IConfigurationKeyTable section, string member, string element) =>
        Members.GetValueOrDefault(member)?.Element(element) is { } text
            ? Blanks().Replace(string.Concat(text.Nodes().Select(node => Text(section, node))), " ").Trim()
            : null;

    private static string Text(IConfigurationKeyTable section, XNode node) => node switch
    {
        XText text => text.Value,
        XElement { Name.LocalName: "c" } code => $"`{code.Value}`",
        XElement element when element.Attribute("langword") is { } word => $"`{word.Value}`",
        XElement element when element.Attribute("cref") is { } reference => $"`{Referred(section, reference.Value)}`",
        XElement element => string.Concat(element.Nodes().Select(inner => Text(section, inner))),
        _ => "",
    };

    // A key by its path, one of the same section by its name, a member of a closed set by its word.
    private static string Referred(IConfigurationKeyTable section, string reference)
    {
        if (Paths.TryGetValue(reference, out var path))
        {
            return reference.StartsWith($"P:{section.OptionsType.FullName!.Replace('+', '.')}.", StringComparison.Ordinal) ? path.Split(':')[^1] : path;
        }

        if (Words.TryGetValue(reference, out var word))
        {
            return word;
        }

        var name = reference[2..].Split('(')[0];
        var parts = name.Split('.');
        if (typeof(TokenRefreshOptions).Assembly.GetType(string.Join('.', parts[..^1]))?.GetField(parts[^1]) is { IsLiteral: true } constant
            && constant.GetRawConstantValue() is string text)
        {
            return text;
        }

        return string.Join('.', reference[0] == 'T' ? parts[^1..] : parts[^2..]);
    }

    private static Dictionary<string, string> FindWords()
    {
        var words = new Dictionary<string, string> { ["F:System.Threading.Timeout.InfiniteTimeSpan"] = "never" };
        foreach (var field in typeof(DefinitionWords).GetFields(BindingFlags.Public | BindingFlags.Static))
        {
            var set = field.GetValue(null)!;
            var choice = field.FieldType.GetGenericArguments().Single();
            foreach (var member in Enum.GetValues(choice))
            {
                words[$"F:{choice.FullName}.{member}"] = (string)field.FieldType.GetMethod("WordOf")!.Invoke(set, [member])!;
            }
        }

        return words;
    }

    [GeneratedRegex(@"\s+")]
    private static partial Regex Blanks();
}
