using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Http;
using TokenKit.Refresh.Request;

namespace TokenKit.DependencyInjection;

/// <summary>Registers the back channel of a token: a named client that starts from nothing.</summary>
internal static class BackChannelRegistration
{
    /// <summary>
    /// Adds the client <c>tokenkit-NAME</c>. What is configured for that name afterwards still counts, a primary handler
    /// of a test included; a second call for the same token name changes nothing.
    /// </summary>
    public static IHttpClientBuilder AddBackChannel(this IServiceCollection services, string tokenName)
    {
        var registered = RegisteredServices.Of(services);
        var clientName = BackChannel.ClientNameFor(tokenName);

        // The platform's builder is what keeps defaults in front of everything that belongs to a name, even defaults that are
        // registered later: it keeps the place of the first name. Those after it need no builder of the platform's, each of which
        // walks the whole collection.
        IHttpClientBuilder builder = registered.Has<Registered>() ? new NamedClient(clientName, services) : services.AddHttpClient(clientName);
        if (registered.Has<Registered>(tokenName))
        {
            return builder;
        }

        if (!registered.Has<Registered>())
        {
            services.AddSingleton(new Registered());
        }

        services.AddKeyedSingleton(tokenName, new Registered());
        builder.Services.Configure<HttpClientFactoryOptions>(clientName, options => StartFromNothing(options, tokenName));

        // Also forgets inherited loggers. The factory's own would write the URL of each request, which may hold a secret.
        return builder.RemoveAllLoggers();
    }

    /// <remarks>
    /// A retry handler from the application's defaults was seen to send a refresh token four times, and a token handler to
    /// wait for itself.
    /// </remarks>
    private static void StartFromNothing(HttpClientFactoryOptions options, string tokenName)
    {
        options.HttpMessageHandlerBuilderActions.Clear();
        options.HttpClientActions.Clear();
        options.HttpClientActions.Add(static client => client.Timeout = Timeout.InfiniteTimeSpan);
        options.HttpMessageHandlerBuilderActions.Add(
            handlers => handlers.PrimaryHandler = CreatePrimaryHandler(handlers.Services.GetKeyedService<ClientCertificates>(tokenName)));

        // Moves of the endpoint are followed by the age of connections; a new handler each two minutes would only drop them.
        options.HandlerLifetime = Timeout.InfiniteTimeSpan;
    }

    private static SocketsHttpHandler CreatePrimaryHandler(ClientCertificates? certificates) => new()
    {
        // Asked for each new connection, so that a renewed certificate is presented without a restart.
        SslOptions = { LocalCertificateSelectionCallback = certificates is null ? null : (_, _, _, _, _) => certificates.Current! },

        // A redirect would carry client secret and refresh token to wherever it points (RFC 9700 section 4.12).
        AllowAutoRedirect = false,

        // Cookies of one subject would be sent for another.
        UseCookies = false,

        // Decoding is ours, so that the size limit counts what comes out of it.
        AutomaticDecompression = DecompressionMethods.None,

        // A proxy is used as the machine says, but nobody's credentials are offered to it.
        DefaultProxyCredentials = null,
        Credentials = null,
        PreAuthenticate = false,

        // Short enough to leave room for a second attempt inside the default deadline of 30 s.
        ConnectTimeout = TimeSpan.FromSeconds(10),

        // A moved endpoint is found again within this time.
        PooledConnectionLifetime = TimeSpan.FromMinutes(5),
        MaxResponseHeadersLength = 64,

        // An answer that was refused is not read to its end for the sake of its connection.
        MaxResponseDrainSize = 0,
    };

    private sealed record NamedClient(string Name, IServiceCollection Services) : IHttpClientBuilder;

    /// <summary>Marks a token name whose back channel is registered, and without a key that there is one.</summary>
    private sealed class Registered;
}
