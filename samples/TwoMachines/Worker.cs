using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using TokenKit;

namespace TwoMachines;

/// <summary>A worker process: four callers that want the token all the time, until standard input says stop or ends.</summary>
internal static class Worker
{
    private const int Callers = 4;

    public static async Task<int> RunAsync(WorkerSettings settings)
    {
        var services = new ServiceCollection();
        var token = services.AddTokenRefresh("demo", options =>
        {
            options.TokenEndpoint = settings.Endpoint;
            options.Grant = TokenGrants.RefreshToken;
            options.Client.Id = "my-app";
            options.Client.Secret = "my-app-secret";
            options.Seed.RefreshToken = settings.Seed;
            options.DangerousAllowHttpOnLoopback = true;

            // So that the token server can say who asked.
            options.RefreshRequest.Headers["X-Worker"] = settings.Name;

            // A lease of twelve seconds instead of 45, so that a takeover is worth watching. Not shorter: on a busy machine the
            // answer would come after the deadline and count as lost, or the write would not be done in time.
            options.Resilience.Timeout = TimeSpan.FromSeconds(8);
            options.Resilience.PersistBudget = TimeSpan.FromSeconds(2);
            options.Resilience.LeaseMargin = TimeSpan.FromSeconds(2);
            options.Resilience.PersistRetryCap = TimeSpan.FromMilliseconds(100);
        }).UseAesGcm(settings.SealingKey);
        _ = settings.Directory.Length > 0
            ? token.UseFileStore(settings.Directory)
            : token.UsePostgreSql(NpgsqlDataSource.Create(settings.ConnectionString), options => options.Schema = settings.Schema);
        await using var provider = services.BuildServiceProvider();
        var source = provider.GetRequiredKeyedService<ITokenSource>("demo");

        using var stopping = new CancellationTokenSource();
        var failures = 0;
        var callers = Enumerable.Range(0, Callers).Select(_ => CallAsync()).ToArray();
        Console.WriteLine("ready");
        await Console.In.ReadLineAsync();
        await stopping.CancelAsync();
        await Task.WhenAll(callers);
        Console.WriteLine(failures);
        return 0;

        static IEnumerable<string> Causes(Exception failure)
        {
            for (var cause = failure; cause is not null; cause = cause.InnerException)
            {
                yield return $"{cause.GetType().Name}: {cause.Message}";
            }
        }

        async Task CallAsync()
        {
            while (!stopping.IsCancellationRequested)
            {
                try
                {
                    await source.GetTokenAsync();
                }
                catch (TokenRefreshException failure) when (failure.Reason is RefreshFailureReason.TimedOut)
                {
                    // A lease outlasts the time that a caller waits at most. The refresh goes on and waits for it: who asks again is served.
                    await Console.Error.WriteLineAsync($"{settings.Name}: asks again. {failure.Message}");
                }
                catch (TokenRefreshException failure)
                {
                    Interlocked.Increment(ref failures);
                    await Console.Error.WriteLineAsync($"{settings.Name}: {string.Join(" | ", Causes(failure))}");
                }

                await Task.Delay(TimeSpan.FromMilliseconds(50));
            }
        }
    }
}
