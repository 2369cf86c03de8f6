using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Http;

namespace TokenKit.Testing;

/// <summary>Puts the fakes into a program's services.</summary>
public static class TestingServiceCollectionExtensions
{
    /// <summary>Lets a fake answer the token requests of one registration, whatever address its definition names.</summary>
    /// <remarks>It replaces the primary handler of the back channel. The order of the calls does not matter.</remarks>
    /// <param name="services">The services.</param>
    /// <param name="name">The token name given to <c>AddTokenRefresh</c>.</param>
    /// <param name="endpoint">The fake.</param>
    /// <returns>The services.</returns>
    public static IServiceCollection UseFakeTokenEndpoint(this IServiceCollection services, string name, FakeTokenEndpoint endpoint)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentNullException.ThrowIfNull(endpoint);

        var client = $"tokenkit-{name}";
        services.AddHttpClient(client);

        // After everything that configures, so that the registration's own primary handler never wins.
        services.PostConfigure<HttpClientFactoryOptions>(client, options => options.HttpMessageHandlerBuilderActions.Add(
            builder => builder.PrimaryHandler = endpoint.CreateHandler()));
        return services;
    }

    /// <summary>Lets a fake answer the calls of a client.</summary>
    /// <param name="builder">The client.</param>
    /// <param name="api">The fake.</param>
    /// <returns>The builder.</returns>
    public static IHttpClientBuilder UseFakeApi(this IHttpClientBuilder builder, FakeApi api)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(api);
        return builder.ConfigurePrimaryHttpMessageHandler(api.CreateHandler);
    }

    /// <summary>Makes a manual clock the clock of the whole program.</summary>
    /// <param name="services">The services.</param>
    /// <param name="time">The clock.</param>
    /// <returns>The services.</returns>
    public static IServiceCollection UseManualTime(this IServiceCollection services, ManualTimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(time);
        services.RemoveAll<TimeProvider>();
        return services.AddSingleton<TimeProvider>(time);
    }
}
