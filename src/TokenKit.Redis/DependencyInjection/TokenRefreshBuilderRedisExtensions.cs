using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using StackExchange.Redis;

namespace TokenKit;

/// <summary>Keeps the secrets of a registration in Redis, sealed.</summary>
/// <remarks>
/// The last choice of a store made for a token name counts. Needs a protector: call <c>UseAesGcm</c> as well, or register an
/// <see cref="ISecretProtector"/>, under the token name or without a key for all. Registrations that name the same prefix of the same
/// connection share one store, and the options of the first of them that is used.
/// </remarks>
public static class TokenRefreshBuilderRedisExtensions
{
    /// <summary>Keeps secrets in the Redis of a connection that the caller made and disposes.</summary>
    /// <param name="builder">The registration.</param>
    /// <param name="multiplexer">The connection.</param>
    /// <param name="configure">Sets options; <see cref="RedisStoreOptions"/> has the defaults.</param>
    /// <returns>The same builder.</returns>
    /// <example>
    /// <code>
    /// var redis = await ConnectionMultiplexer.ConnectAsync(configuration.GetConnectionString("Redis")!);
    /// services.AddTokenRefresh("crm", configuration.GetSection("TokenRefresh:crm"))
    ///         .UseRedis(redis)
    ///         .UseAesGcmFromConfiguration("TokenKeys:Current");
    /// </code>
    /// </example>
    public static ITokenRefreshBuilder UseRedis(
        this ITokenRefreshBuilder builder, IConnectionMultiplexer multiplexer, Action<RedisStoreOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(multiplexer);
        return Use(builder, _ => multiplexer, configure);
    }

    /// <summary>Keeps secrets in the Redis of the <see cref="IConnectionMultiplexer"/> that is registered.</summary>
    /// <param name="builder">The registration.</param>
    /// <param name="configure">Sets options; <see cref="RedisStoreOptions"/> has the defaults.</param>
    /// <param name="serviceKey">The key the connection is registered under; <see langword="null"/> for the one without a key.</param>
    /// <returns>The same builder.</returns>
    public static ITokenRefreshBuilder UseRedis(
        this ITokenRefreshBuilder builder, Action<RedisStoreOptions>? configure = null, object? serviceKey = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        return Use(
            builder,
            services => serviceKey is null ? services.GetService<IConnectionMultiplexer>() : services.GetKeyedService<IConnectionMultiplexer>(serviceKey),
            configure);
    }

    private static ITokenRefreshBuilder Use(
        ITokenRefreshBuilder builder, Func<IServiceProvider, IConnectionMultiplexer?> findMultiplexer, Action<RedisStoreOptions>? configure)
    {
        var options = builder.Services.AddOptions<RedisStoreOptions>(builder.Name).ValidateOnStart();
        if (configure is not null)
        {
            options.Configure(configure);
        }

        builder.Services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<RedisStoreOptions>, RedisStoreOptionsValidator>());
        builder.Services.TryAddSingleton<OpenRedisStores>();
        var name = builder.Name;
        return builder.UseStore(services => services.GetRequiredService<OpenRedisStores>().Open(services, name, findMultiplexer));
    }
}
