using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using TokenKit;

namespace Definitions;

/// <summary>Registers the definitions of a file as a program would, with the little that the command line changes.</summary>
internal static class Registrations
{
    public static ServiceProvider Build(DefinitionFile file, IConfigurationRoot configuration, RunOptions options, StoreFolder? store)
    {
        var services = new ServiceCollection();
        services.AddSingleton<IConfiguration>(configuration);
        foreach (var name in file.Names)
        {
            var builder = services.AddTokenRefresh(name, configuration.GetSection($"{DefinitionFile.Section}:{name}"));
            if (options.BaseUrl is { } baseUrl)
            {
                SendTo(baseUrl, builder);
            }

            _ = store is null ? builder.UseInMemoryStore() : builder.UseFileStore(store.Directory).UseAesGcm(store.Key);
        }

        services.AddTokenRefresh(file.Name, token =>
        {
            foreach (var (name, value) in options.Params)
            {
                token.Params[name] = value;
            }

            if (options.RefreshTokenFile is not null)
            {
                // As a seed: used once, so that a store which holds a newer refresh token keeps it.
                token.Seed = new TokenSeedOptions { RefreshToken = $"${{secret.{RunOptions.RefreshTokenSecret}}}" };
            }
        });
        return services.BuildServiceProvider();
    }

    private static void SendTo(Uri baseUrl, ITokenRefreshBuilder builder)
    {
        builder.Services.AddTokenRefresh(builder.Name, static token => token.DangerousAllowHttpOnLoopback = true);
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
