using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using TokenKit;

namespace Definitions;

/// <summary>Registers the definitions of a file as a program would, with the little that the command line changes.</summary>
internal static class Registrations
{
    /// <summary>To be run.</summary>
    /// <param name="file">The definitions.</param>
    /// <param name="options">What the command line says.</param>
    /// <param name="store">Where tokens are kept; <see langword="null"/> for nowhere.</param>
    /// <param name="time">Another clock than the system's: recorded answers name instants of their own time.</param>
    public static ServiceProvider ToRun(DefinitionFile file, RunOptions options, StoreFolder? store, TimeProvider? time = null)
    {
        var services = new ServiceCollection();
        if (time is not null)
        {
            services.AddSingleton(time);
        }

        foreach (var builder in Add(services, file, options.ReadSecrets(), options.Params))
        {
            if (options.BaseUrl is { } baseUrl)
            {
                SendTo(baseUrl, builder);
            }

            if (store is not null)
            {
                builder.UseFileStore(store.Directory).UseAesGcm(store.Key);
            }
        }

        if (options.RefreshTokenFile is not null)
        {
            // As a seed: used once, so that a store which holds a newer refresh token keeps it.
            services.AddTokenRefresh(file.Name, static token =>
                token.Seed = new TokenSeedOptions { RefreshToken = $"${{secret.{RunOptions.RefreshTokenSecret}}}" });
        }

        return services.BuildServiceProvider();
    }

    /// <summary>To be looked at: nothing is sent.</summary>
    public static ServiceProvider ToShow(
        DefinitionFile file, IReadOnlyDictionary<string, string>? secrets = null, IReadOnlyList<KeyValuePair<string, string>>? parameters = null)
    {
        var services = new ServiceCollection();
        Add(services, file, secrets ?? new Dictionary<string, string>(), parameters ?? []);
        return services.BuildServiceProvider();
    }

    /// <summary>Adds every token of a file, as any program does.</summary>
    public static IReadOnlyList<ITokenRefreshBuilder> Add(
        ServiceCollection services, DefinitionFile file, IReadOnlyDictionary<string, string> secrets, IReadOnlyList<KeyValuePair<string, string>> parameters)
    {
        var builders = new List<ITokenRefreshBuilder>();
        var configuration = file.Configuration(secrets);
        services.AddSingleton<IConfiguration>(configuration);
        services.AddKeyedSingleton<IRequestSigner, PathAndTimeSigner>(PathAndTimeSigner.Name);
        services.AddKeyedSingleton<IAssertionSource, SecretAssertion>(KeyedService.AnyKey);
        foreach (var name in file.Names)
        {
            // A store in plain sight: what the command line does not keep may go with the process.
            var builder = services.AddTokenRefresh(name, configuration.GetSection($"{DefinitionFile.Section}:{name}")).UseInMemoryStore();

            // The start is only looked at for faults; the command line asks for the token itself.
            services.AddTokenRefresh(name, static token => token.Freshness.AtStart = false);
            if (name == file.Name)
            {
                services.AddTokenRefresh(name, token => Set(token, parameters));
            }

            builders.Add(builder);
        }

        return builders;
    }

    private static void Set(TokenRefreshOptions token, IReadOnlyList<KeyValuePair<string, string>> parameters)
    {
        foreach (var (name, value) in parameters)
        {
            token.Params[name] = value;
        }
    }

    // Where nothing is written nothing is added: what must be written down is still asked for.
    private static TextList? With(Uri baseUrl, TextList? origins)
    {
        string[]? all = origins is { Count: > 0 } ? [.. origins, baseUrl.GetLeftPart(UriPartial.Authority)] : null;
        return all is null ? origins : all;
    }

    private static void SendTo(Uri baseUrl, ITokenRefreshBuilder builder)
    {
        builder.Services.AddTokenRefresh(builder.Name, token =>
        {
            token.DangerousAllowHttpOnLoopback = true;

            // A server that stands in for all of them names itself where its answers name an origin.
            foreach (var request in new[] { token.Request, token.RefreshRequest }.SelectMany(static request => request.Steps.Append(request)))
            {
                request.AllowedOrigins = With(baseUrl, request.AllowedOrigins);
            }

            token.Placement.AllowedOrigins = With(baseUrl, token.Placement.AllowedOrigins);
        });
        builder.Services.AddHttpClient($"tokenkit-{builder.Name}")
            .AddHttpMessageHandler(() => new BaseUrlHandler(baseUrl))
            .ConfigurePrimaryHttpMessageHandler(static (handler, _) =>
            {
                // A proxy of the machine has no way to a server on loopback.
                if (handler is SocketsHttpHandler sockets)
                {
                    sockets.UseProxy = false;
                }
            });
    }
}
