using System.Text.Json.Nodes;
using TokenKit.Definitions.Configuration;

namespace TokenKit.Tests;

/// <summary>Where the sections of the table of keys stand in a definition.</summary>
internal static class KeyTree
{
    /// <summary>The name that stands for one a person chooses.</summary>
    public const string AnyName = "NAME";

    /// <summary>The index that stands for any.</summary>
    public const string AnyIndex = "N";

    /// <summary>The paths at which a section stands, nearest to the root first; the definition's own is empty.</summary>
    public static ILookup<IConfigurationKeyTable, string> Places { get; } = FindPlaces().ToLookup(static place => place.Section, static place => place.Path);

    /// <summary>Every key with its path at the first place of its section.</summary>
    public static IReadOnlyList<(string Path, IConfigurationKeyTable Section, ConfigurationKey Key)> Keys { get; } =
        [.. DefinitionKeys.Sections.SelectMany(static section => section.Keys.Select(key => (PathOf(section, key), section, key)))];

    public static string PathOf(IConfigurationKeyTable section, ConfigurationKey key) => Join(Places[section].First(), key.Name);

    /// <summary>Writes a value into a definition at the path of a key.</summary>
    public static void Write(JsonObject definition, string path, JsonNode? value)
    {
        JsonNode at = definition;
        var parts = path.Split(':');
        for (var i = 0; i < parts.Length; i++)
        {
            JsonNode? Next() => i == parts.Length - 1 ? value : parts[i + 1] == AnyIndex ? new JsonArray() : new JsonObject();
            if (at is JsonArray list)
            {
                at = list.FirstOrDefault() ?? Append(list, Next());
            }
            else if (at is JsonObject section)
            {
                var existing = section.FirstOrDefault(member => member.Key.Equals(parts[i], StringComparison.OrdinalIgnoreCase));
                if (i == parts.Length - 1 || existing.Value is null)
                {
                    section[parts[i]] = Next();
                }

                at = section[parts[i]]!;
            }
        }
    }

    private static JsonNode Append(JsonArray list, JsonNode? element)
    {
        list.Add(element);
        return list[^1]!;
    }

    private static IEnumerable<(IConfigurationKeyTable Section, string Path)> FindPlaces()
    {
        var open = new Queue<(IConfigurationKeyTable Section, string Path, int Depth)>([(DefinitionKeys.Token, "", 0)]);
        while (open.TryDequeue(out var place))
        {
            yield return (place.Section, place.Path);
            foreach (var key in place.Section.Keys.Where(static key => key.Section is not null))
            {
                var path = Join(place.Path, key.Name) + key.Kind switch
                {
                    ConfigurationKeyKind.List => $":{AnyIndex}",
                    ConfigurationKeyKind.Named or ConfigurationKeyKind.Values => $":{AnyName}",
                    _ => "",
                };

                // Steps hold steps in the table, and none in a definition.
                if (place.Depth < 3 && !path.Contains($"Steps:{AnyIndex}:Steps", StringComparison.Ordinal))
                {
                    open.Enqueue((key.Section!(), path, place.Depth + 1));
                }
            }
        }
    }

    private static string Join(string path, string name) => path.Length == 0 ? name : $"{path}:{name}";
}
