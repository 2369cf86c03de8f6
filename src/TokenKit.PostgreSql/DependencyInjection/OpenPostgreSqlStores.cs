using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Npgsql;
using TokenKit.DependencyInjection;
using TokenKit.Work;

namespace TokenKit;

/// <summary>One store for each table of a data source, whatever number of registrations name it.</summary>
internal sealed class OpenPostgreSqlStores
{
    private readonly Dictionary<(NpgsqlDataSource DataSource, string Schema, string Table), (PostgreSqlSecretStore Store, string Name)> _stores = [];
    private readonly Lock _lock = new();

    public PostgreSqlSecretStore Open(IServiceProvider services, string name, Func<IServiceProvider, NpgsqlDataSource?> findDataSource)
    {
        var options = services.GetRequiredService<IOptionsMonitor<PostgreSqlStoreOptions>>().Get(name);
        var dataSource = findDataSource(services) ?? throw new InvalidOperationException(
            $"The token registration '{name}' keeps its secrets in PostgreSQL and no NpgsqlDataSource is registered for it. Register one, under the service key that UsePostgreSql names if it names one, or hand one to UsePostgreSql.");
        var protector = services.GetKeyedService<ISecretProtector>(name) ?? services.GetService<ISecretProtector>()
            ?? throw new InvalidOperationException(
                $"The token registration '{name}' keeps its secrets in PostgreSQL and has nothing to seal them with. Add a call of UseAesGcm(key) to it, with 32 random bytes in base64 as 'openssl rand -base64 32' prints them.");
        lock (_lock)
        {
            var place = (dataSource, options.Schema, options.Table);
            if (!_stores.TryGetValue(place, out var open))
            {
                var store = new PostgreSqlSecretStore(
                    dataSource, options, protector, services.GetService<Randomness>() ?? Randomness.System,
                    services.GetService<IWorkSpawner>() ?? new ThreadPoolSpawner(), services.GetService<TimeProvider>() ?? TimeProvider.System,
                    LoggingParts.StorageLogger(services));
                _stores.Add(place, open = (store, name));
            }
            else if (!OpenFileStores.AreSame(open.Store.Protector, protector))
            {
                throw new InvalidOperationException(
                    $"The token registrations '{open.Name}' and '{name}' keep their secrets in one table, {options.Schema}.{options.Table}, and seal them with different keys. Give both the same keys, or each a table of its own.");
            }

            return open.Store;
        }
    }
}
