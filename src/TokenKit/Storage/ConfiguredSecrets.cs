using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Primitives;
using TokenKit.Definitions.Configuration;

namespace TokenKit.Storage;

/// <summary>Notices which secrets of the configuration a reload has changed.</summary>
/// <remarks>One for a container. Safe for use by several threads.</remarks>
internal sealed class ConfiguredSecrets : IDisposable
{
    private readonly Lock _lock = new();
    private readonly IConfiguration? _configuration;
    private readonly ConfigurationSections _sections;
    private readonly IDisposable? _subscription;
    private Dictionary<string, byte[]> _prints = [];

    public ConfiguredSecrets(IConfiguration? configuration, ConfigurationSections sections)
    {
        (_configuration, _sections) = (configuration, sections);
        if (configuration is null)
        {
            return;
        }

        lock (_lock)
        {
            _subscription = ChangeToken.OnChange(configuration.GetReloadToken, OnReloaded);
            _prints = Prints(configuration);
        }
    }

    /// <summary>Raised on the reloading thread, with the names of those that came, went or have another value. Case makes no difference in them.</summary>
    public event Action<IReadOnlySet<string>>? Changed;

    public void Dispose() => _subscription?.Dispose();

    private void OnReloaded()
    {
        HashSet<string> changed;
        lock (_lock)
        {
            var now = Prints(_configuration!);
            changed = now.Keys.Concat(_prints.Keys)
                .Where(name => !now.TryGetValue(name, out var print) || !_prints.TryGetValue(name, out var before) || !print.AsSpan().SequenceEqual(before))
                .ToHashSet(StringComparer.OrdinalIgnoreCase);
            _prints = now;
        }

        if (changed.Count > 0)
        {
            Changed?.Invoke(changed);
        }
    }

    // Hashes: a value is kept where it came from, and nowhere else for the sake of this.
    private Dictionary<string, byte[]> Prints(IConfiguration configuration)
    {
        var prints = new Dictionary<string, byte[]>(StringComparer.OrdinalIgnoreCase);
        Add(_sections.CopyOf(configuration.GetSection(ConfigurationSecretStore.Section)), "");
        _sections.Release();
        return prints;

        void Add(IConfigurationSection section, string before)
        {
            foreach (var child in section.GetChildren())
            {
                var name = before + child.Key;
                if (child.Value is { } value)
                {
                    prints[name] = SHA256.HashData(MemoryMarshal.AsBytes(value.AsSpan()));
                }

                Add(child, name + ConfigurationPath.KeyDelimiter);
            }
        }
    }
}
