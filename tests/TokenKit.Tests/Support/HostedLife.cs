using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace TokenKit.Tests;

/// <summary>Starts and stops the hosted services of a test's host in the order in which a real one does.</summary>
internal static class HostedLife
{
    public static async Task StartAsync(this TokenHost host, CancellationToken cancellationToken = default)
    {
        var services = ServicesOf(host);
        foreach (var service in services)
        {
            await service.StartingAsync(cancellationToken);
        }

        foreach (var service in services)
        {
            await service.StartAsync(cancellationToken);
        }

        foreach (var service in services)
        {
            await service.StartedAsync(cancellationToken);
        }
    }

    public static async Task StopAsync(this TokenHost host)
    {
        foreach (var service in ServicesOf(host))
        {
            await service.StoppingAsync(default);
        }

        foreach (var service in ServicesOf(host))
        {
            await service.StopAsync(default);
        }

        foreach (var service in ServicesOf(host))
        {
            await service.StoppedAsync(default);
        }
    }

    private static List<IHostedLifecycleService> ServicesOf(TokenHost host) =>
        [.. host.Services.GetServices<IHostedService>().OfType<IHostedLifecycleService>()];
}
