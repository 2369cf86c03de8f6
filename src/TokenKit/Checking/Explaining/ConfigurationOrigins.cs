using System.Collections.Immutable;
using Microsoft.Extensions.Configuration;

namespace TokenKit.Checking.Explaining;

/// <summary>Tells which configuration provider has the last word on a key.</summary>
/// <param name="root">The application's configuration, where it shows its providers.</param>
/// <param name="sections">The sections of one registration, in the order in which they were added.</param>
internal sealed class ConfigurationOrigins(IConfigurationRoot? root, ImmutableArray<IConfiguration> sections)
{
    /// <summary>Every key of the registration that has a value.</summary>
    public ImmutableArray<ExplainedKey> Keys() =>
    [
        .. sections.SelectMany(section => section.AsEnumerable(makePathsRelative: true)
            .Where(static pair => pair.Value is not null)
            .Select(pair => Combine(PathOf(section), pair.Key)))
            .Distinct(StringComparer.OrdinalIgnoreCase)
            .Order(ConfigurationKeyOrder.Instance)
            .Select(path => new ExplainedKey { Path = path, Provider = ProviderOf(path) ?? "" }),
    ];

    /// <summary>Where a key of the definition was written, in words; <see langword="null"/> where configuration has none.</summary>
    /// <param name="keys">The key or, for named things, the two ways to write it down.</param>
    public string? Describe(params ReadOnlySpan<string> keys)
    {
        foreach (var key in keys)
        {
            foreach (var section in sections)
            {
                if (section.GetSection(key).Exists())
                {
                    return DescribeAbsolute(Combine(PathOf(section), key), FirstValueBelow(section.GetSection(key)));
                }
            }
        }

        return null;
    }

    /// <summary>As <see cref="Describe"/>, for a key that belongs to no registration.</summary>
    public string? DescribeAbsolute(string path) => root?[path] is null ? null : DescribeAbsolute(path, path);

    private string DescribeAbsolute(string path, string valuePath) =>
        ProviderOf(valuePath) is { } provider ? $"configuration {path} ({provider})" : $"configuration {path}";

    // A list or object has no value of its own; its first element says who wrote it.
    private static string FirstValueBelow(IConfigurationSection section) => section.Value is not null
        ? section.Path
        : section.AsEnumerable().Where(static pair => pair.Value is not null).Select(static pair => pair.Key).FirstOrDefault() ?? section.Path;

    private string? ProviderOf(string path) => root is null ? null : ProviderOf(root, path);

    private static string? ProviderOf(IConfigurationRoot root, string path)
    {
        foreach (var provider in root.Providers.Reverse())
        {
            if (provider.TryGet(path, out _))
            {
                return provider is ChainedConfigurationProvider { Configuration: IConfigurationRoot inner }
                    ? ProviderOf(inner, path)
                    : provider.ToString();
            }
        }

        return null;
    }

    private static string PathOf(IConfiguration configuration) => (configuration as IConfigurationSection)?.Path ?? "";

    private static string Combine(string path, string key) => path.Length == 0 ? key : $"{path}:{key}";

    /// <summary>As configuration orders its keys: indexes by number.</summary>
    private sealed class ConfigurationKeyOrder : IComparer<string>
    {
        public static ConfigurationKeyOrder Instance { get; } = new();

        public int Compare(string? x, string? y) => ConfigurationKeyComparer.Instance.Compare(x, y);
    }
}
