using Microsoft.Extensions.Configuration;

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
    public static void Read(IConfiguration configuration, TokenRefreshOptions options)
    {
        var path = (configuration as IConfigurationSection)?.Path ?? "configuration";
        var section = new ConfigurationValue(configuration, path, options.ReadingFaults);
        if (section.IsNothing)
        {
            section.Fault("is missing or empty; it should hold the keys of a definition. Is the path right?");
            return;
        }

        DefinitionKeys.Token.Read(options, section.MustBeObject());
        options.PlainSecrets.AddRange(PlainSecretSearch.In(section, path));
    }
}
