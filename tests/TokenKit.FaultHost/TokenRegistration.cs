using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using TokenKit.Refresh.Persist;
using TokenKit.Source;

namespace TokenKit.FaultHost;

/// <summary>The library as a program registers it.</summary>
internal static class TokenRegistration
{
    public static ServiceProvider Build(HostSettings settings, TimeProvider clock)
    {
        var services = new ServiceCollection();
        services.AddSingleton(clock);
        var token = services.AddTokenRefresh(HostSettings.TokenName, options =>
        {
            options.TokenEndpoint = settings.Endpoint;
            options.Grant = TokenGrants.RefreshToken;
            options.Client.Id = "my-app";
            options.Client.Secret = "my-app-secret";
            options.Seed.RefreshToken = settings.Seed;
            options.DangerousAllowHttpOnLoopback = true;
            options.Resilience.ReuseGrace = settings.ReuseGrace;
            if (settings.IsQuick)
            {
                // Not shorter: on a busy machine an answer would come after the deadline, and count as lost.
                options.Resilience.Timeout = TimeSpan.FromSeconds(5);
                options.Resilience.PersistBudget = TimeSpan.FromSeconds(1);
                options.Resilience.LeaseMargin = TimeSpan.FromMilliseconds(500);
                options.Resilience.PersistRetryCap = TimeSpan.FromMilliseconds(100);
            }
        }).UseAesGcm(settings.SealingKey);
        _ = settings.Directory.Length > 0
            ? token.UseFileStore(settings.Directory)
            : token.UsePostgreSql(NpgsqlDataSource.Create(settings.ConnectionString), options => (options.Schema, options.CreateSchema) = (settings.Schema, true));
        return services.BuildServiceProvider();
    }
}
