using TokenKit.Language.Expressions;

namespace TokenKit.Definitions.Configuration;

/// <summary>The keys that one section of a definition may hold, and what reads each.</summary>
internal sealed class ConfigurationKeyTable<TOptions>
{
    private readonly Dictionary<string, Action<TOptions, ConfigurationValue>> _keys = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Adds a key.</summary>
    public ConfigurationKeyTable<TOptions> Add(string key, Action<TOptions, ConfigurationValue> read)
    {
        _keys.Add(key, read);
        return this;
    }

    /// <summary>The keys, as they are written.</summary>
    public IReadOnlyCollection<string> Names => _keys.Keys;

    /// <summary>Reads every child of a section. What is no key is a fault that names the nearest one.</summary>
    public void Read(TOptions options, ConfigurationValue section)
    {
        foreach (var child in section.Children)
        {
            if (_keys.TryGetValue(child.Key, out var read))
            {
                read(options, child);
                continue;
            }

            var nearest = NearestName.Find(child.Key, _keys.Keys);
            child.Fault(nearest is null
                ? $"is not a known key; known here: {string.Join(", ", _keys.Keys)}"
                : $"is not a known key; did you mean '{nearest}'?");
        }
    }
}
