using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Http;
using Microsoft.Extensions.Options;
using TokenKit.Definitions;
using TokenKit.DependencyInjection;
using TokenKit.Http;
using TokenKit.Http.Discovery;
using TokenKit.Http.Primary;
using TokenKit.Placement;
using TokenKit.Refresh.Request;
using TokenKit.Source;
using TokenKit.Work;

namespace TokenKit;

/// <summary>Gives HTTP clients their token.</summary>
public static class TokenRefreshHttpClientBuilderExtensions
{
    private const string BackChannelPrefix = "tokenkit-";

    /// <summary>Places a usable token of the registration <paramref name="name"/> on every request of the client.</summary>
    /// <remarks>
    /// <para>
    /// Handlers added before this one are outside it, handlers added after it are inside. Add resilience before: each attempt
    /// then carries a token that is fresh at that moment. A retry handler should leave 401 alone; the token handler answers
    /// it itself, once, with a newer token.
    /// </para>
    /// <para>
    /// The token goes only to allowed origins over https (<c>Placement.AllowedOrigins</c>, else the origin of
    /// <c>Placement.BaseUrl</c>, else that of the client's <see cref="HttpClient.BaseAddress"/>); a request to another origin
    /// fails, and a redirect to one is followed without the token. The primary handler's automatic redirects are switched
    /// off and followed here; its cookies are switched off where calls of several identities can meet on the client: with
    /// subjects, with parameters by resolver, with a refresh token that a person consented to, or with a token that stands in a
    /// cookie (<see cref="TokenPlacementOptions.KeepCookies"/> keeps them). What the definition places replaces what the caller
    /// set under the same name. <see cref="HttpClient.Timeout"/> also covers the time that a call waits for a refresh; the refresh
    /// itself goes on without it. The synchronous <see cref="HttpClient.Send(HttpRequestMessage)"/> works: where there is no fresh
    /// token its thread waits, and what the primary handler refuses (HTTP/2, for example) it still refuses.
    /// </para>
    /// <para>Calling it again with the same name changes nothing.</para>
    /// </remarks>
    /// <param name="builder">The client.</param>
    /// <param name="name">The token name, as given to <c>AddTokenRefresh</c>; that call may come later.</param>
    /// <returns>The same builder.</returns>
    /// <exception cref="InvalidOperationException">
    /// It was called inside <c>ConfigureHttpClientDefaults</c>, for a client that has another token, or for a client on which
    /// tokens are fetched. The host does not start where no token of this name is registered; without a host, creating the client
    /// throws it. Creating the client also throws it where redirects or cookies of the primary handler can no longer be switched
    /// off; sending throws it where the request goes to an origin that is not allowed.
    /// </exception>
    /// <example>
    /// <code>
    /// services.AddHttpClient("crm", http => http.BaseAddress = new("https://api.example.com"))
    ///         .AddTokenRefreshHandler("crm");
    /// </code>
    /// </example>
    public static IHttpClientBuilder AddTokenRefreshHandler(this IHttpClientBuilder builder, string name)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        if (!TryRegister(builder, name))
        {
            return builder;
        }

        var services = builder.Services;
        var clientName = builder.Name;
        if (!RegisteredServices.Of(services).Has<TokenHandlerServices>())
        {
            AddShared(services);
        }

        services.AddSingleton<IPostConfigureOptions<HttpClientFactoryOptions>>(
            provider => new RedactPlacedHeaders(clientName, name, provider));

        return builder
            .ConfigureHttpClient((provider, client) => SetBaseAddress(client, provider.GetKeyedService<IDefinitionSource>(name)))
            .AddHttpMessageHandler(provider => CreateHandler(provider, clientName, name));
    }

    /// <summary>
    /// Says that handlers of a type resolve logical addresses: they look up where a service is and put that address on the request, as
    /// the platform's service discovery does, which is known.
    /// </summary>
    /// <remarks>
    /// The token handler then judges host and port of what the handler replaced, if the request still goes where the handler led it, and
    /// the scheme where it is sent. Call it on the client, or in <c>ConfigureHttpClientDefaults</c> for all.
    /// </remarks>
    /// <typeparam name="THandler">The handler's type, or one it derives from.</typeparam>
    /// <param name="builder">The client.</param>
    /// <returns>The same builder.</returns>
    public static IHttpClientBuilder ResolvesAddresses<THandler>(this IHttpClientBuilder builder)
        where THandler : DelegatingHandler
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.AddSingleton(new AddressResolver(builder.Name, typeof(THandler)));
        return builder;
    }

    /// <summary>
    /// Says that primary handlers of a type follow no redirects by themselves, so that a token may stand in any header of the client's
    /// requests.
    /// </summary>
    /// <remarks>
    /// The handlers of the platform, of its test server and of the package TokenKit.Testing are known. Behind any other, a header beside
    /// <c>Authorization</c> could go along to whatever host an API redirects to, so that calls with a token or a secret in one, or with
    /// a signer, are refused. Call it on the client, or in <c>ConfigureHttpClientDefaults</c> for all.
    /// </remarks>
    /// <typeparam name="THandler">The handler's type, or one it derives from.</typeparam>
    /// <param name="builder">The client.</param>
    /// <returns>The same builder.</returns>
    public static IHttpClientBuilder FollowsNoRedirects<THandler>(this IHttpClientBuilder builder)
        where THandler : HttpMessageHandler
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.AddSingleton(new NoRedirects(builder.Name, typeof(THandler)));
        return builder;
    }

    private static void AddShared(IServiceCollection services)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<IWorkSpawner, ThreadPoolSpawner>();
        services.TryAddSingleton(Randomness.System);
        services.TryAddSingleton<ClientBaseAddress>();
        services.TryAddSingleton(RegistrationParts.OutsideOf);
        services.TryAddSingleton(LoggingParts.TokenHandlerServices);
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHttpMessageHandlerBuilderFilter, RedirectSwitch>(LoggingParts.RedirectSwitch));
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHttpMessageHandlerBuilderFilter, CookieSwitch>(LoggingParts.CookieSwitch));
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHttpMessageHandlerBuilderFilter, ResolutionFilter>());
        StartupChecks.Add(services);
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IStartDemand, HandlerDemand>());
        LoggedHeaders.AddFirst(services);
    }

    /// <returns><see langword="false"/> when the client has this very token already.</returns>
    private static bool TryRegister(IHttpClientBuilder builder, string name)
    {
        if (builder.Name is not { } clientName)
        {
            throw new InvalidOperationException(
                $"AddTokenRefreshHandler(\"{name}\") was called inside ConfigureHttpClientDefaults. It would place the token on every client of the application, those that fetch tokens included. Call it on each client that needs it: services.AddHttpClient(\"…\").AddTokenRefreshHandler(\"{name}\").");
        }

        if (clientName.StartsWith(BackChannelPrefix, StringComparison.Ordinal))
        {
            throw new InvalidOperationException(
                $"AddTokenRefreshHandler(\"{name}\") was called on HTTP client '{clientName}'. Names that begin with '{BackChannelPrefix}' belong to the clients on which tokens are fetched; with a token handler there, a refresh would wait for itself. Give the client another name.");
        }

        if (RegisteredServices.Of(builder.Services).TryFindToken(clientName, out var known))
        {
            return known == name
                ? false
                : throw new InvalidOperationException(
                    $"HTTP client '{clientName}' has token '{known}' already; AddTokenRefreshHandler(\"{name}\") would place a second one on the same requests. Use a client for each token.");
        }

        builder.Services.AddSingleton(new TokenHandlerRegistration(clientName, name));
        return true;
    }

    private static void SetBaseAddress(HttpClient client, IDefinitionSource? definitions)
    {
        if (client.BaseAddress is null && definitions?.Current is { Placement.BaseUrl.IsEmpty: false } definition)
        {
            client.BaseAddress = PlacementBaseUrl.FromConfiguration(definition) ?? PlacementBaseUrl.Placeholder(definition.Name);
        }
    }

    private static TokenRefreshHandler CreateHandler(IServiceProvider provider, string clientName, string name)
    {
        if (provider.GetKeyedService<ITokenSource>(name) is not { } source
            || provider.GetKeyedService<IDefinitionSource>(name) is not { } definitions)
        {
            throw new InvalidOperationException(HandlerDemand.FaultOf(new(clientName, name), TokenNames.Of(provider)));
        }

        return new(
            source, definitions, clientName, provider.GetRequiredService<TokenHandlerServices>(),
            SubjectsOf(provider, clientName, name))
        {
            Certificates = provider.GetKeyedService<ClientCertificates>(name),
            Placeable = provider.GetKeyedService<TokenComposition>(name)?.Placeable,
        };
    }

    private static CallSubjects? SubjectsOf(IServiceProvider provider, string clientName, string name) =>
        provider.GetKeyedService<ITokenSubjectResolver>(name) is { } resolver
            ? new(resolver, provider.GetKeyedService<CallSubjects.NoneAllowed>(name) is not null, name, clientName)
            : null;
}
