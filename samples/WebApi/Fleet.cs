using TokenKit;

namespace WebApi;

/// <summary>Uses the tokens as a busy program would, so that there is something to see.</summary>
internal sealed class Fleet(IServiceProvider services, TimeProvider time) : BackgroundService
{
    private const int Shops = 250;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var shops = services.GetRequiredKeyedService<ITokenSource>("shops");
        var others = new[] { "crm", "partner" }.Select(name => services.GetRequiredKeyedService<ITokenSource>(name)).ToList();
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(1), time);
        do
        {
            foreach (var source in others)
            {
                await TryAsync(source, "", stoppingToken);
            }

            for (var shop = 1; shop <= Shops; shop++)
            {
                await TryAsync(shops, $"shop-{shop:000}", stoppingToken);
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    private static async Task TryAsync(ITokenSource source, string subject, CancellationToken stoppingToken)
    {
        try
        {
            await source.GetTokenAsync(new TokenDemand { Subject = subject }, stoppingToken);
        }
        catch (TokenRefreshException)
        {
            // The page says why; the next turn tries again.
        }
    }
}
