using Microsoft.Extensions.Configuration;

namespace TokenKit.Definitions.Configuration;

/// <summary>Copies sections of the application's configuration, by a tree of its keys that is kept for as long as they are copied.</summary>
/// <remarks>One for a container. Safe for use by several threads.</remarks>
/// <param name="configuration">The application's; sections of another are copied by asking their providers.</param>
internal sealed class ConfigurationSections(IConfiguration? configuration)
{
    private readonly Lock _lock = new();
    private readonly IConfigurationRoot? _root = configuration as IConfigurationRoot;
    private readonly WeakReference<ConfigurationKeys?> _released = new(null);
    private ConfigurationKeys? _keys;

    /// <summary>Copies a section as it is now.</summary>
    public SectionCopy CopyOf(IConfiguration section) =>
        section is ConfigurationSection { Path: var path, Key: var key } && IsOfTheApplication(section) && Keys() is { } keys
            ? keys.Copy(path, key)
            : SectionCopy.Of(section);

    /// <summary>Keeps the tree no longer than memory is free: what follows are calls, and the next reload brings other keys.</summary>
    public void Release()
    {
        lock (_lock)
        {
            if (_keys is not null)
            {
                _released.SetTarget(_keys);
                _keys = null;
            }
        }
    }

    // A section does not tell of which configuration it is; its token is that one's.
    private bool IsOfTheApplication(IConfiguration section) =>
        _root?.GetReloadToken() is ConfigurationReloadToken token && ReferenceEquals(token, section.GetReloadToken());

    private ConfigurationKeys? Keys()
    {
        lock (_lock)
        {
            var known = _keys ?? (_released.TryGetTarget(out var released) ? released : null);
            return _keys = known?.ArePresent() is true ? known : ConfigurationKeys.Read(_root!);
        }
    }
}
