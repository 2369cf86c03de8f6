namespace TokenKit.Definitions.Configuration;

/// <summary>Finds secrets that stand in configuration as they are, by the keys that hold them.</summary>
internal static class PlainSecretSearch
{
    // What a field is called tells what it holds; its value never does.
    private static readonly string[] FieldWords = ["secret", "password", "passwd", "apikey", "api_key", "api-key", "privatekey", "private_key"];

    /// <summary>The paths of such secrets.</summary>
    public static IEnumerable<string> In(ConfigurationValue section, string path) => In(DefinitionKeys.Token, section, path);

    /// <summary>Whether a field of this name holds a secret, as far as a name tells.</summary>
    public static bool NamesSecret(string name) => FieldWords.Any(word => name.Contains(word, StringComparison.OrdinalIgnoreCase));

    private static IEnumerable<string> In(IConfigurationKeyTable keys, ConfigurationValue section, string path) =>
        section.Children.SelectMany(child => keys.Find(child.Key) is { } key ? At(key, child, $"{path}:{child.Key}") : []);

    private static IEnumerable<string> At(ConfigurationKey key, ConfigurationValue value, string path)
    {
        if (key.HoldsSecret)
        {
            return Plain(value, path);
        }

        // What a request sends is named by the server, so that only the names tell.
        return key.Section?.Invoke() is not { } section ? []
            : section == DefinitionKeys.Request ? Fields(value, path)
            : key.Kind is ConfigurationKeyKind.Named ? value.Children.SelectMany(child => In(section, child, $"{path}:{child.Key}"))
            : key.Kind is ConfigurationKeyKind.Section ? In(section, value, path)
            : [];
    }

    private static IEnumerable<string> Fields(ConfigurationValue value, string path)
    {
        foreach (var child in value.Children)
        {
            var childPath = $"{path}:{child.Key}";

            // An element of an array carries its name before the equals sign.
            var (name, text) = value.IsList && child.Text is { } pair && pair.IndexOf('=', StringComparison.Ordinal) is > 0 and var equals
                ? (pair[..equals], pair[(equals + 1)..])
                : (child.Key, child.Text);
            if (IsPlain(text) && NamesSecret(name) && name is not "AllowSecretInUrl")
            {
                yield return childPath;
            }

            foreach (var found in Fields(child, childPath))
            {
                yield return found;
            }
        }
    }

    private static IEnumerable<string> Plain(ConfigurationValue value, string path) =>
        value.Children.IsEmpty
            ? IsPlain(value.Text) ? [path] : []
            : value.Children.SelectMany(child => Plain(child, $"{path}:{child.Key}"));

    private static bool IsPlain(string? text) => text is { Length: > 0 } && !text.Contains("${", StringComparison.Ordinal);
}
