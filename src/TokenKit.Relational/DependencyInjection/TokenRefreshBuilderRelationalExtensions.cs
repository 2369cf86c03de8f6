using System.Data.Common;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace TokenKit;

/// <summary>Keeps the secrets of a registration in a relational database.</summary>
/// <remarks>
/// The last choice of a store made for a token name counts. Needs a protector: call <c>UseAesGcm</c> as well, or register an
/// <see cref="ISecretProtector"/>, under the token name or without a key for all. Registrations that name the same table of the same data
/// source share one store and must share the keys.
/// </remarks>
public static class TokenRefreshBuilderRelationalExtensions
{
    /// <summary>Keeps secrets in a table of a data source that the caller made and disposes.</summary>
    /// <param name="builder">The registration.</param>
    /// <param name="dataSource">Where the table is.</param>
    /// <param name="dialect">The kind of database.</param>
    /// <param name="configure">Sets options; <see cref="RelationalStoreOptions"/> has the defaults.</param>
    /// <returns>The same builder.</returns>
    /// <example>
    /// <code>
    /// var dataSource = SqliteFactory.Instance.CreateDataSource("Data Source=/var/lib/my-app/tokens.db");
    /// services.AddTokenRefresh("crm", configuration.GetSection("TokenRefresh:crm"))
    ///         .UseRelational(dataSource, RelationalDialect.Sqlite)
    ///         .UseAesGcmFromConfiguration("TokenKeys:Current");
    /// </code>
    /// </example>
    public static ITokenRefreshBuilder UseRelational(
        this ITokenRefreshBuilder builder, DbDataSource dataSource, RelationalDialect dialect, Action<RelationalStoreOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(dataSource);
        ArgumentNullException.ThrowIfNull(dialect);
        return Use(builder, dialect, _ => dataSource, configure);
    }

    /// <summary>Keeps secrets in a table of the <see cref="DbDataSource"/> that is registered, as by <c>AddMySqlDataSource</c>.</summary>
    /// <param name="builder">The registration.</param>
    /// <param name="dialect">The kind of database.</param>
    /// <param name="configure">Sets options; <see cref="RelationalStoreOptions"/> has the defaults.</param>
    /// <param name="serviceKey">The key the data source is registered under; <see langword="null"/> for the one without a key.</param>
    /// <returns>The same builder.</returns>
    /// <example>
    /// <code>
    /// services.AddMySqlDataSource(configuration.GetConnectionString("Tokens")!);  // package MySqlConnector.DependencyInjection
    /// services.AddTokenRefresh("crm", configuration.GetSection("TokenRefresh:crm"))
    ///         .UseRelational(RelationalDialect.MySql)
    ///         .UseAesGcmFromConfiguration("TokenKeys:Current");
    /// </code>
    /// </example>
    public static ITokenRefreshBuilder UseRelational(
        this ITokenRefreshBuilder builder,
        RelationalDialect dialect,
        Action<RelationalStoreOptions>? configure = null,
        object? serviceKey = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(dialect);
        return Use(
            builder,
            dialect,
            services => serviceKey is null ? services.GetService<DbDataSource>() : services.GetKeyedService<DbDataSource>(serviceKey),
            configure);
    }

    private static ITokenRefreshBuilder Use(
        ITokenRefreshBuilder builder,
        RelationalDialect dialect,
        Func<IServiceProvider, DbDataSource?> findDataSource,
        Action<RelationalStoreOptions>? configure)
    {
        var name = builder.Name;
        builder.Services.RemoveAllKeyed<RelationalSecretStore>(name);
        var options = builder.Services.AddOptions<RelationalStoreOptions>(name).ValidateOnStart();
        if (configure is not null)
        {
            options.Configure(configure);
        }

        builder.Services.TryAddEnumerable(
            ServiceDescriptor.Singleton<IValidateOptions<RelationalStoreOptions>, RelationalStoreOptionsValidator>());
        builder.Services.TryAddSingleton<OpenRelationalStores>();
        builder.UseStore(services => services.GetRequiredService<OpenRelationalStores>().Open(services, name, dialect, findDataSource));
        builder.Services.AddKeyedSingleton(
            name,
            static (services, key) => (services.GetRequiredKeyedService<ISecretStore>(key) as SealedSecretStore)?.Inner as RelationalSecretStore
                ?? throw new InvalidOperationException($"The token registration '{key}' was given another store after UseRelational."));
        return builder;
    }
}
