using System.Text;
using TokenKit.Definitions.Configuration;

namespace TokenKit.Tests;

/// <summary>Writes <c>docs/reference.md</c>, one key a row, from the table of keys.</summary>
internal static class ReferencePageText
{
    private const string Introduction =
        """
        # Reference of keys

        Every key of a definition, by section. In configuration a definition stands under `TokenRefresh:NAME`; in code it is a
        `TokenRefreshOptions` with the same names. Names and words may be written in any case. An unknown key is refused at start.

        This page is generated from the table of keys in `src/TokenKit/Definitions/Configuration/DefinitionKeys.cs` and from the
        documentation of the options. `CONTRIBUTING.md` says how to add a key.

        | Value | Is |
        |---|---|
        | text | one text |
        | texts | one text, or a list of which the first that has a value is used; where the meaning says so, all are |
        | duration | a number with its unit, such as `55m`, `1h30m`, `500ms`; ISO 8601, such as `PT55M`; or `00:55:00` |
        | fields | an object of names and templates, or a list of `"name=template"` where order or repetition matters |
        | JSON | a tree whose strings are templates, or one text that is JSON with expressions |

        Templates hold `${…}`; they and the expressions are explained in [expressions.md](expressions.md). Whole definitions for the
        habits of servers are in [definitions.md](definitions.md).


        """;

    public static string Write()
    {
        var page = new StringBuilder(Introduction.ReplaceLineEndings("\n"));
        foreach (var section in DefinitionKeys.Sections)
        {
            WriteSection(page, section);
        }

        return page.ToString().TrimEnd('\n') + "\n";
    }

    private static void WriteSection(StringBuilder page, IConfigurationKeyTable section)
    {
        page.Append("## ").Append(Heading(section)).Append("\n\n").Append(OptionDocumentation.SummaryOf(section));
        var places = KeyTree.Places[section].ToArray();

        // What stands beneath a section goes where that one goes.
        var others = places[0].Contains(':', StringComparison.Ordinal) ? [] : places[1..];
        if (others.Length > 0)
        {
            page.Append(" The same keys stand under ").Append(string.Join(", ", others.Select(static place => $"`{place}`"))).Append('.');
        }

        page.Append("\n\n| Key | Value | Default | Range | Example | Meaning |\n|---|---|---|---|---|---|\n");
        foreach (var key in section.Keys)
        {
            string[] cells =
            [
                $"`{KeyTree.PathOf(section, key)}`", Value(key), Default(section, key), KeyTexts.Range(key.Range),
                key.Example is { } example ? $"`{example}`" : "", OptionDocumentation.SummaryOf(section, key),
            ];
            page.Append("| ").AppendJoin(" | ", cells.Select(static cell => cell.Replace("|", "\\|", StringComparison.Ordinal))).Append(" |\n");
        }

        page.Append('\n');
    }

    private static string Heading(IConfigurationKeyTable section) =>
        KeyTree.Places[section].First() is { Length: > 0 } path ? path : "The definition";

    private static string Value(ConfigurationKey key) => key.Kind switch
    {
        ConfigurationKeyKind.Duration when key.Words.Count > 0 => $"duration, or {string.Join(", ", key.Words.Select(static word => $"`{word}`"))}",
        _ when key.Words.Count > 0 => string.Join(", ", key.Words.Select(static word => $"`{word}`")),
        ConfigurationKeyKind.Text => "text",
        ConfigurationKeyKind.Texts => "texts",
        ConfigurationKeyKind.Flag => "`true`, `false`",
        ConfigurationKeyKind.Integer => "whole number",
        ConfigurationKeyKind.Number => "number",
        ConfigurationKeyKind.Duration => "duration",
        ConfigurationKeyKind.Json => "JSON",
        ConfigurationKeyKind.Fields => "fields",
        ConfigurationKeyKind.Values => $"names and expressions, or {Link(key)}",
        ConfigurationKeyKind.Map => "names and texts",
        ConfigurationKeyKind.Named => $"names and {Link(key)}",
        ConfigurationKeyKind.List => $"list of {Link(key)}",
        _ => Link(key),
    };

    private static string Link(ConfigurationKey key)
    {
        var heading = Heading(key.Section!());
        var anchor = heading.Replace(":", "", StringComparison.Ordinal).ToLowerInvariant();
        return $"[{(key.Kind is ConfigurationKeyKind.Section ? "section" : "sections")}](#{anchor})";
    }

    private static string Default(IConfigurationKeyTable section, ConfigurationKey key)
    {
        if (key.Default is { } value)
        {
            return value is " " ? "a blank" : $"`{KeyTexts.Written(value)}`";
        }

        var says = key.Range is null ? OptionDocumentation.ValueOf(section, key) : null;
        return says?.Replace(" by default", "", StringComparison.Ordinal).TrimEnd('.')
            ?? (key.Section is null || key.Kind is ConfigurationKeyKind.Values ? "none" : "");
    }
}
