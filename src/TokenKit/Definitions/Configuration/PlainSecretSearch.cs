namespace TokenKit.Definitions.Configuration;

/// <summary>Finds secrets that stand in configuration as they are, by the keys that hold them.</summary>
internal static class PlainSecretSearch
{
    // What a field is called tells what it holds; its value never does.
    private static readonly string[] FieldWords = ["secret", "password", "passwd", "apikey", "api_key", "api-key", "privatekey", "private_key"];

    private static readonly string[] Keys =
        ["Secret", "Secrets", "Key", "KeyPassword", "Certificate", "Assertion", "SubjectToken", "RefreshToken", "AccessToken", "Code", "CodeVerifier"];

    /// <summary>The paths of such secrets.</summary>
    public static IEnumerable<string> In(ConfigurationValue section, string path)
    {
        foreach (var child in section.Children)
        {
            var childPath = $"{path}:{child.Key}";
            switch (child.Key.ToUpperInvariant())
            {
                case "CLIENT" or "SEED":
                    foreach (var found in child.Children.Where(static value => IsKey(value.Key)).SelectMany(value => Plain(value, $"{childPath}:{value.Key}")))
                    {
                        yield return found;
                    }

                    break;
                case "JWT":
                    foreach (var found in child.Children.SelectMany(jwt => jwt.Children
                        .Where(static value => value.Key.Equals("Key", StringComparison.OrdinalIgnoreCase))
                        .SelectMany(value => Plain(value, $"{childPath}:{jwt.Key}:{value.Key}"))))
                    {
                        yield return found;
                    }

                    break;
                case "REQUEST" or "REFRESHREQUEST":
                    foreach (var found in Fields(child, childPath))
                    {
                        yield return found;
                    }

                    break;
                case "ASSERTION" or "SUBJECTTOKEN":
                    foreach (var found in Plain(child, childPath))
                    {
                        yield return found;
                    }

                    break;
            }
        }
    }

    /// <summary>Whether a field of this name holds a secret, as far as a name tells.</summary>
    public static bool NamesSecret(string name) => FieldWords.Any(word => name.Contains(word, StringComparison.OrdinalIgnoreCase));

    private static bool IsKey(string key) => Keys.Contains(key, StringComparer.OrdinalIgnoreCase);

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
