using Microsoft.Extensions.Configuration;
using TokenKit.Definitions.Compilation;
using TokenKit.Language.Expressions;

namespace TokenKit.Definitions.Configuration;

/// <summary>
/// Reads a section of configuration into options, by tables of keys and without reflection. Everything that cannot be read
/// is kept in the options and reported by their validation, all faults at once.
/// </summary>
internal static class TokenRefreshOptionsReader
{
    /// <summary>Reads the section of one token name into options.</summary>
    /// <param name="configuration">The section, such as <c>TokenRefresh:crm</c>.</param>
    /// <param name="options">Takes what is there; what is not keeps its value.</param>
    /// <param name="name">The token name, where it is known.</param>
    public static void Read(IConfiguration configuration, TokenRefreshOptions options, string? name = null)
    {
        var path = PathOf(configuration) ?? "configuration";
        if (!DefinitionShape.IsDefinition(configuration) && DefinitionShape.DefinitionsIn(configuration) is { Count: > 0 } definitions)
        {
            options.ReadingFaults.Add(HoldsDefinitions(configuration, path, definitions, name));
            return;
        }

        var section = new ConfigurationValue(configuration, path, options.ReadingFaults);
        if (section.IsNothing)
        {
            options.ReadingFaults.Add(new(path, "is missing or empty; it should hold the keys of a definition. Is the path right?") { IsOfWhole = true });
            return;
        }

        DefinitionKeys.Token.Read(options, section.MustBeObject());
        options.PlainSecrets.AddRange(PlainSecretSearch.In(section, path));
    }

    // The whole configuration has none.
    private static string? PathOf(IConfiguration configuration) => configuration is IConfigurationSection { Path: { Length: > 0 } path } ? path : null;

    private static DefinitionFault HoldsDefinitions(IConfiguration configuration, string path, IReadOnlyList<string> definitions, string? name)
    {
        // A path below the section ends in the token name.
        var meant = definitions.FirstOrDefault(definition => NameOf(definition) == name)
            ?? (name is not null && NearestName.Find(name, definitions.Select(NameOf)) is { } nearest
                ? definitions.First(definition => NameOf(definition) == nearest)
                : definitions[0]);
        var meantPath = PathOf(configuration) is null ? meant : $"{path}:{meant}";
        return new(
            path,
            $"holds definitions ({ListedNames.Of(definitions)}) and is none itself; call AddTokenRefresh(\"{NameOf(meant)}\", configuration.GetSection(\"{meantPath}\"))")
        {
            IsOfWhole = true,
        };

        static string NameOf(string definition) => definition[(definition.LastIndexOf(':') + 1)..];
    }
}
