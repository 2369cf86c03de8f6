using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Primitives;

namespace TokenKit.Definitions.Configuration;

/// <summary>Which keys a configuration has, as a tree, from one pass over its providers.</summary>
/// <remarks>
/// Configuration answers what stands below a path by walking every key of every provider. To copy one section takes as many walks as
/// it has parts, and a file with two thousand of them took eight seconds. Values are not kept here: to ask for one by its path takes
/// a look-up, and finds what is there now. Immutable, and safe for use by several threads.
/// </remarks>
internal sealed class ConfigurationKeys
{
    private static readonly ConcurrentDictionary<Type, bool> ListsItsData = new();

    private readonly IConfigurationRoot _root;
    private readonly IConfigurationProvider[] _providers;
    private readonly IChangeToken _token;
    private readonly List<(IDictionary<string, string?> Data, int Count)> _data;
    private readonly Part _top = new("", "");
    private readonly Dictionary<string, Part> _parts = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, Part>.AlternateLookup<ReadOnlySpan<char>> _byPath;

    private ConfigurationKeys(IConfigurationRoot root, IChangeToken token, List<(IDictionary<string, string?> Data, int Count)> data)
    {
        (_root, _token, _data, _providers) = (root, token, data, [.. root.Providers]);
        _byPath = _parts.GetAlternateLookup<ReadOnlySpan<char>>();

        // Of two spellings that differ in case the later provider's counts, as with its values.
        foreach (var (keys, _) in Enumerable.Reverse(data))
        {
            foreach (var path in keys.Keys)
            {
                Add(path, path);
            }
        }
    }

    /// <returns><see langword="null"/> where a provider does not answer by the data that it holds, and must be asked.</returns>
    public static ConfigurationKeys? Read(IConfigurationRoot root)
    {
        // Before the data: a change meanwhile makes this one out of date.
        var token = root.GetReloadToken();
        List<(IDictionary<string, string?>, int)> data = [];
        return TryCollect(root, data) ? new(root, token, data) : null;
    }

    /// <summary>Whether no key has come or gone since. A value that was set meanwhile changes nothing here.</summary>
    public bool ArePresent()
    {
        List<(IDictionary<string, string?> Data, int Count)> now = [];
        return ReferenceEquals(_root.GetReloadToken(), _token) && TryCollect(_root, now) && now.Count == _data.Count
            && now.Zip(_data).All(static both => ReferenceEquals(both.First.Data, both.Second.Data) && both.First.Count == both.Second.Count);
    }

    /// <summary>Copies a section of this configuration.</summary>
    public SectionCopy Copy(string path, string key) =>
        _parts.TryGetValue(path, out var part) ? new(path, key, ValueOf(path), ChildrenOf(part)) : new(path, key, ValueOf(path), []);

    private SectionCopy[] ChildrenOf(Part part)
    {
        if (part.Children is not { } children)
        {
            return [];
        }

        var copies = new SectionCopy[children.Count];
        var at = 0;
        foreach (var child in children.OrderBy(static child => child.Key, ConfigurationKeyComparer.Instance))
        {
            copies[at++] = new(child.Key, ValueOf(child.Path), ChildrenOf(child));
        }

        return copies;
    }

    // As the configuration itself looks, without what it does around each look.
    private string? ValueOf(string path)
    {
        for (var i = _providers.Length - 1; i >= 0; i--)
        {
            if (_providers[i].TryGet(path, out var value))
            {
                return value;
            }
        }

        return null;
    }

    private Part Add(ReadOnlySpan<char> path, string? text = null)
    {
        if (_byPath.TryGetValue(path, out var known))
        {
            return known;
        }

        var end = path.LastIndexOf(ConfigurationPath.KeyDelimiter);
        var parent = end < 0 ? _top : Add(path[..end]);
        var part = new Part(text ?? path.ToString(), path[(end + 1)..].ToString());
        (parent.Children ??= []).Add(part);
        _parts.Add(part.Path, part);
        return part;
    }

    private static bool TryCollect(IConfigurationRoot root, List<(IDictionary<string, string?> Data, int Count)> data)
    {
        foreach (var provider in root.Providers)
        {
            switch (provider)
            {
                case ChainedConfigurationProvider { Configuration: IConfigurationRoot chained }:
                    if (!TryCollect(chained, data))
                    {
                        return false;
                    }

                    break;
                case ConfigurationProvider plain when ListsItsData.GetOrAdd(plain.GetType(), static (_, provider) => IsOfThePlatform(provider.GetChildKeys), plain):
                    var keys = DataOf(plain);
                    data.Add((keys, keys.Count));
                    break;
                default:
                    return false;
            }
        }

        return true;
    }

    private static bool IsOfThePlatform(Func<IEnumerable<string>, string?, IEnumerable<string>> listKeys) =>
        listKeys.Method.DeclaringType == typeof(ConfigurationProvider);

    /// <summary>What deriving providers are given to fill: part of the platform's contract, though not for those outside.</summary>
    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "get_Data")]
    private static extern IDictionary<string, string?> DataOf(ConfigurationProvider provider);

    private sealed class Part(string path, string key)
    {
        public string Path { get; } = path;

        public string Key { get; } = key;

        public List<Part>? Children { get; set; }
    }
}
