using System.Globalization;
using StackExchange.Redis;
using TokenKit.Testing;

namespace TokenKit.Redis.Tests;

/// <summary>What a refresh costs the server, counted by the server.</summary>
public sealed class RefreshScriptsTests
{
    private readonly FakeTokenEndpoint _endpoint = new();

    [RedisFact]
    public async Task A_refresh_is_two_scripts_and_an_adoption_one()
    {
        await using var server = await RedisServer.StartAsync();
        await using var redis = await server.ConnectAsync();
        await using var second = await server.ConnectAsync();
        await using var program = new RefreshingProgram(redis, _endpoint);
        await using var other = new RefreshingProgram(second, _endpoint);
        await program.RefreshAsync();

        (await CountAsync(redis, async () =>
        {
            for (var refresh = 0; refresh < 10; refresh++)
            {
                await program.RefreshAsync();
            }
        })).Should().Be(20);
        var (first, adopted) = (await program.TokenAsync(), "");
        (await CountAsync(redis, async () => adopted = await other.TokenAsync())).Should().Be(1);
        adopted.Should().Be(first, "the second program adopts what the first has obtained");
        _endpoint.TokenRequests.Should().Be(11);

        await other.RefreshAsync();
        (await CountAsync(redis, other.RefreshAsync)).Should().Be(2);
    }

    private static async Task<long> CountAsync(IConnectionMultiplexer redis, Func<Task> what)
    {
        var before = await CallsAsync(redis);
        await what();
        return await CallsAsync(redis) - before;
    }

    // By their hashes; the first use looks at the server as well, with a text.
    private static async Task<long> CallsAsync(IConnectionMultiplexer redis)
    {
        var statistics = await redis.GetServers()[0].InfoAsync("commandstats");
        return statistics.SelectMany(static group => group).Where(static command => command.Key is "cmdstat_evalsha")
            .Sum(static command => long.Parse(command.Value.Split(',')[0]["calls=".Length..], CultureInfo.InvariantCulture));
    }
}
