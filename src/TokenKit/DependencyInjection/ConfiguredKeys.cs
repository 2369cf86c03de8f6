using System.Globalization;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace TokenKit.DependencyInjection;

/// <summary>Reads a key ring from the application's configuration.</summary>
internal static class ConfiguredKeys
{
    /// <exception cref="InvalidOperationException">A key is missing or is none; the message names it and how to make and set one.</exception>
    public static SecretKeyRing Read(IServiceProvider services, string tokenName, string[] names)
    {
        var configuration = services.GetService<IConfiguration>() ?? throw new InvalidOperationException(
            $"Token '{tokenName}' is sealed with keys from configuration ({string.Join(", ", names)}), and no IConfiguration is registered. Register the application's configuration, or call UseAesGcm with the keys.");
        var keys = new List<string?>();
        foreach (var name in names)
        {
            var found = KeysAt(configuration.GetSection(name));
            if (found.Count == 0)
            {
                throw new InvalidOperationException(
                    $"Token '{tokenName}' is sealed with the key in configuration '{name}', and there is none. Make one with 'openssl rand -base64 32' and set it: dotnet user-secrets set \"{name}\" \"KEY\" in development, the environment variable {Environment(name)} elsewhere.");
            }

            keys.AddRange(found);
        }

        return SecretKeyRing.TryParse(keys, out var ring, out var problem)
            ? ring
            : throw new InvalidOperationException(
                $"Token '{tokenName}' is sealed with the keys in configuration {string.Join(", ", names.Select(static name => $"'{name}'"))}, and they make no key ring. {problem}");
    }

    private static string Environment(string name) => name.Replace(":", "__", StringComparison.Ordinal);

    private static List<string> KeysAt(IConfigurationSection section) =>
        !string.IsNullOrWhiteSpace(section.Value) ? [section.Value]
        : [.. section.GetChildren()
            .OrderBy(static child => int.TryParse(child.Key, NumberStyles.None, CultureInfo.InvariantCulture, out var index) ? index : int.MaxValue)
            .Select(static child => child.Value)
            .Where(static value => !string.IsNullOrWhiteSpace(value))
            .OfType<string>()];
}
