using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using TokenKit.Work;

namespace TokenKit.DependencyInjection;

/// <summary>One file store for each directory, whatever number of registrations name it.</summary>
internal sealed class OpenFileStores : IDisposable
{
    // Two spellings of one directory on a file system that ignores case make two stores. They exclude each other all the same.
    private readonly Dictionary<string, (FileSecretStore Store, string Name)> _stores = new(StringComparer.Ordinal);
    private readonly Lock _lock = new();

    public FileSecretStore Open(IServiceProvider services, string name)
    {
        var options = services.GetRequiredService<IOptionsMonitor<FileStoreOptions>>().Get(name);
        var protector = services.GetKeyedService<ISecretProtector>(name) ?? services.GetService<ISecretProtector>()
            ?? throw new InvalidOperationException(FileStoreOptionsValidator.ProtectorMissing(name));
        var directory = Path.TrimEndingDirectorySeparator(Path.GetFullPath(options.Directory));
        lock (_lock)
        {
            if (!_stores.TryGetValue(directory, out var open))
            {
                var store = new FileSecretStore(
                    options, protector, services.GetService<TimeProvider>() ?? TimeProvider.System, Randomness.System,
                    LoggingParts.StorageLogger(services));
                _stores.Add(directory, open = (store, name));
            }
            else if (!AreSame(open.Store.Protector, protector))
            {
                throw new InvalidOperationException(
                    $"The token registrations '{open.Name}' and '{name}' keep their secrets in one directory, '{directory}', and seal them with different keys. Give both the same keys, or each a directory of its own.");
            }

            return open.Store;
        }
    }

    public void Dispose()
    {
        lock (_lock)
        {
            foreach (var (store, _) in _stores.Values)
            {
                store.Dispose();
            }
        }
    }

    internal static bool AreSame(ISecretProtector one, ISecretProtector other) =>
        ReferenceEquals(one, other)
        || (one is AesGcmSecretProtector first && other is AesGcmSecretProtector second && first.HasSameKeysAs(second));
}
