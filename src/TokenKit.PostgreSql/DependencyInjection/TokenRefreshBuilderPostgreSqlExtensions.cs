using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using Npgsql;
using TokenKit.DependencyInjection;

namespace TokenKit;

/// <summary>Keeps the secrets of a registration in PostgreSQL.</summary>
/// <remarks>
/// The last choice of a store made for a token name counts. Needs a protector: call <c>UseAesGcm</c> as well, or register an
/// <see cref="ISecretProtector"/>, under the token name or without a key for all. Registrations that name the same table of
/// the same data source share one store and must share the keys.
/// </remarks>
public static class TokenRefreshBuilderPostgreSqlExtensions
{
    /// <summary>Keeps secrets in a table of a data source that the caller made and disposes.</summary>
    /// <param name="builder">The registration.</param>
    /// <param name="dataSource">Where the table is.</param>
    /// <param name="configure">Sets options; <see cref="PostgreSqlStoreOptions"/> has the defaults.</param>
    /// <returns>The same builder.</returns>
    /// <example>
    /// <code>
    /// var dataSource = NpgsqlDataSource.Create(configuration.GetConnectionString("Tokens")!);
    /// services.AddTokenRefresh("crm", configuration.GetSection("TokenRefresh:crm"))
    ///         .UsePostgreSql(dataSource)
    ///         .UseAesGcmFromConfiguration("TokenKeys:Current");
    /// </code>
    /// </example>
    public static ITokenRefreshBuilder UsePostgreSql(
        this ITokenRefreshBuilder builder, NpgsqlDataSource dataSource, Action<PostgreSqlStoreOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(dataSource);
        return Use(builder, _ => dataSource, configure);
    }

    /// <summary>Keeps secrets in a table of the data source that is registered, as by <c>AddNpgsqlDataSource</c>.</summary>
    /// <param name="builder">The registration.</param>
    /// <param name="configure">Sets options; <see cref="PostgreSqlStoreOptions"/> has the defaults.</param>
    /// <param name="serviceKey">The key the data source is registered under; <see langword="null"/> for the one without a key.</param>
    /// <returns>The same builder.</returns>
    /// <example>
    /// <code>
    /// services.AddNpgsqlDataSource(configuration.GetConnectionString("Tokens")!);  // package Npgsql.DependencyInjection
    /// services.AddTokenRefresh("crm", configuration.GetSection("TokenRefresh:crm"))
    ///         .UsePostgreSql()
    ///         .UseAesGcmFromConfiguration("TokenKeys:Current");
    /// </code>
    /// </example>
    public static ITokenRefreshBuilder UsePostgreSql(
        this ITokenRefreshBuilder builder, Action<PostgreSqlStoreOptions>? configure = null, object? serviceKey = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        return Use(
            builder,
            services => serviceKey is null
                ? services.GetService<NpgsqlDataSource>()
                : services.GetKeyedService<NpgsqlDataSource>(serviceKey),
            configure);
    }

    private static ITokenRefreshBuilder Use(
        ITokenRefreshBuilder builder, Func<IServiceProvider, NpgsqlDataSource?> findDataSource, Action<PostgreSqlStoreOptions>? configure)
    {
        TokenRefreshBuilderStoreExtensions.RemoveStore(builder);
        RegisteredServices.RemoveKeyed<PostgreSqlSecretStore>(builder.Services, builder.Name);
        var options = builder.Services.AddOptions<PostgreSqlStoreOptions>(builder.Name).ValidateOnStart();
        if (configure is not null)
        {
            options.Configure(configure);
        }

        if (!RegisteredServices.Of(builder.Services).Has<OpenPostgreSqlStores>())
        {
            builder.Services.TryAddEnumerable(
                ServiceDescriptor.Singleton<IValidateOptions<PostgreSqlStoreOptions>, PostgreSqlStoreOptionsValidator>());
            builder.Services.AddSingleton<OpenPostgreSqlStores>();
        }

        TokenRefreshBuilderStoreExtensions.AddStore(
            builder, (services, name) => services.GetRequiredService<OpenPostgreSqlStores>().Open(services, (string)name, findDataSource));
        builder.Services.AddKeyedSingleton(
            builder.Name,
            static (services, name) => services.GetRequiredKeyedService<ISecretStore>(name) as PostgreSqlSecretStore
                ?? throw new InvalidOperationException($"The token registration '{name}' was given another store after UsePostgreSql."));
        return builder;
    }
}
