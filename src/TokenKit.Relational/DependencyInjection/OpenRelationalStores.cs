using System.Data.Common;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace TokenKit;

/// <summary>One store for each table of a data source, whatever number of registrations name it.</summary>
internal sealed class OpenRelationalStores
{
    private static readonly byte[] Place = "tokenkit relational probe"u8.ToArray();

    private readonly Dictionary<(DbDataSource DataSource, RelationalDialect Dialect, string Table), Opened> _stores = [];
    private readonly Lock _lock = new();

    public SealedSecretStore Open(
        IServiceProvider services, string name, RelationalDialect dialect, Func<IServiceProvider, DbDataSource?> findDataSource)
    {
        var options = services.GetRequiredService<IOptionsMonitor<RelationalStoreOptions>>().Get(name);
        var dataSource = findDataSource(services) ?? throw new InvalidOperationException(
            $"The token registration '{name}' keeps its secrets in {dialect.Name} and no DbDataSource is registered for it. Register one, under the service key that UseRelational names if it names one, or hand one to UseRelational.");
        var protector = services.GetKeyedService<ISecretProtector>(name) ?? services.GetService<ISecretProtector>()
            ?? throw new InvalidOperationException(
                $"The token registration '{name}' keeps its secrets in {dialect.Name} and has nothing to seal them with. Add a call of UseAesGcm(key) to it, with 32 random bytes in base64 as 'openssl rand -base64 32' prints them.");
        lock (_lock)
        {
            var place = (dataSource, dialect, options.Table);
            if (!_stores.TryGetValue(place, out var open))
            {
                var store = SealedSecretStore.Around(new RelationalSecretStore(dataSource, dialect, options), protector);
                _stores.Add(place, open = new Opened(store, protector, name));
            }
            else if (!AreSame(open.Protector, protector))
            {
                throw new InvalidOperationException(
                    $"The token registrations '{open.Name}' and '{name}' keep their secrets in one table, {options.Table}, and seal them with different keys. Give both the same keys, or each a table of its own.");
            }

            return open.Store;
        }
    }

    // Whether each opens what the other seals: the store seals with the first for both.
    private static bool AreSame(ISecretProtector one, ISecretProtector other) =>
        ReferenceEquals(one, other) || (Opens(one, other) && Opens(other, one));

    private static bool Opens(ISecretProtector opener, ISecretProtector sealer)
    {
        try
        {
            return opener.Unprotect(sealer.Protect(Place, Place), Place).AsSpan().SequenceEqual(Place);
        }
        catch (SecretDamagedException)
        {
            return false;
        }
    }

    private sealed record Opened(SealedSecretStore Store, ISecretProtector Protector, string Name);
}
