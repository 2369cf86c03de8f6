using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using StackExchange.Redis;

namespace TokenKit.Redis.Tests;

/// <summary>The code of the package's README and of docs/stores.md, executed.</summary>
[Collection(RedisCollection.Name)]
public sealed class DocumentExamples(SharedRedis shared)
{
    private static readonly SecretKey Key = new("Test", "a");

    [RedisFact]
    public async Task Tokens_are_kept_over_the_connection_that_is_registered()
    {
        var connectionString = $"127.0.0.1:{shared.Server.Port}";
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Configuration.AddInMemoryCollection([new("TokenKeys:Current", TestKeys.Key)]);

        // begin-snippet: redis-readme
        builder.Services.AddSingleton<IConnectionMultiplexer>(_ => ConnectionMultiplexer.Connect(connectionString));
        builder.Services.AddTokenRefresh("crm", builder.Configuration.GetSection("TokenRefresh:crm"))
            .UseRedis()
            .UseAesGcm(builder.Configuration["TokenKeys:Current"]!);
        // end-snippet
        await ProveAsync(builder.Services);
    }

    [RedisFact]
    public async Task Tokens_are_kept_over_a_connection_of_the_caller()
    {
        var redis = shared.First;
        var configuration = new ConfigurationBuilder().AddInMemoryCollection([new("TokenKeys:Current", TestKeys.Key)]).Build();
        var services = new ServiceCollection().AddLogging().AddSingleton<IConfiguration>(configuration);

        // begin-snippet: stores-redis
        services.AddTokenRefresh("crm", configuration.GetSection("TokenRefresh:crm"))
            .UseRedis(redis)
            .UseAesGcmFromConfiguration("TokenKeys:Current");
        // end-snippet
        await ProveAsync(services);
    }

    // The examples show the defaults; the test keeps to a prefix of its own.
    private async Task ProveAsync(IServiceCollection services)
    {
        services.Configure<RedisStoreOptions>("crm", options => options.KeyPrefix = shared.NewOptions().KeyPrefix);
        await using var provider = services.BuildServiceProvider();
        var store = provider.GetRequiredKeyedService<ISecretStore>("crm");
        (await store.SetAsync(Key, new SecretWrite("kept"u8.ToArray(), SecretCondition.Absent))).Outcome.Should().Be(SecretWriteOutcome.Written);
        (await store.GetAsync(Key))!.Value.ToArray().Should().Equal("kept"u8.ToArray());
    }
}
