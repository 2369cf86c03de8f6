using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using TokenKit.PrivatePostgreSql;
using TokenKit.Testing;

namespace TokenKit.PostgreSql.Tests;

/// <summary>What a refresh costs the database, counted by the database.</summary>
public sealed class RefreshStatementsTests
{
    private const string Name = "crm";

    private readonly FakeTokenEndpoint _endpoint = new();

    [PrivateServerFact]
    public async Task A_refresh_is_two_statements_and_an_adoption_one()
    {
        await using var server = await PrivateServer.StartAsync("shared_preload_libraries = 'pg_stat_statements'");
        await using var dataSource = NpgsqlDataSource.Create(server.ConnectionString + ";No Reset On Close=true");
        await ExecuteAsync(dataSource, "CREATE EXTENSION pg_stat_statements");
        await ExecuteAsync(dataSource, PostgreSqlSchema.CreateScript());
        await using var program = Program(dataSource);
        await using var other = Program(dataSource);

        (await CountAsync(dataSource, () => RefreshAsync(program))).Should().Be(2, "nothing was stored, as the process that had just begun assumed");
        (await CountAsync(dataSource, async () =>
        {
            for (var refresh = 0; refresh < 10; refresh++)
            {
                await RefreshAsync(program);
            }
        })).Should().Be(20);
        var before = await TransactionsAsync(dataSource);
        (await CountAsync(dataSource, () => TokenAsync(other))).Should().Be(1);
        (await TransactionsAsync(dataSource)).Should().Be(before, "who only adopts writes nothing, and no commit waits for a disk");
        (await CountAsync(dataSource, () => RefreshAsync(other))).Should().Be(2, "what it adopted is what is stored");
        _endpoint.TokenRequests.Should().Be(12);

        // What the first knows is not stored any more: it is told what is, and begins with that.
        (await CountAsync(dataSource, () => RefreshAsync(program))).Should().Be(3);
        _endpoint.TokenRequests.Should().Be(13, "a refresh by hand is one, whatever another process has obtained before it");
    }

    private static async Task TokenAsync(ServiceProvider program) => await program.GetRequiredKeyedService<ITokenSource>(Name).GetTokenAsync();

    private static async Task RefreshAsync(ServiceProvider program) =>
        (await program.GetRequiredKeyedService<ITokenRefresher>(Name).RefreshAsync()).Failure.Should().BeNull();

    private static async Task<long> CountAsync(NpgsqlDataSource dataSource, Func<Task> what)
    {
        await ExecuteAsync(dataSource, "SELECT pg_stat_statements_reset()");
        await what();
        await using var count = dataSource.CreateCommand(
            "SELECT coalesce(sum(calls), 0)::bigint FROM pg_stat_statements WHERE query NOT LIKE '%pg_stat_statements%'");
        return (long)(await count.ExecuteScalarAsync())!;
    }

    // Only what writes or locks a row takes a number.
    private static async Task<long> TransactionsAsync(NpgsqlDataSource dataSource)
    {
        await using var last = dataSource.CreateCommand("SELECT pg_snapshot_xmax(pg_current_snapshot())::text::bigint");
        return (long)(await last.ExecuteScalarAsync())!;
    }

    private static async Task ExecuteAsync(NpgsqlDataSource dataSource, string statement)
    {
        await using var command = dataSource.CreateCommand(statement);
        await command.ExecuteNonQueryAsync();
    }

    private ServiceProvider Program(NpgsqlDataSource dataSource)
    {
        var services = new ServiceCollection();
        services.AddTokenRefresh(Name, options =>
        {
            options.Grant = TokenGrants.ClientCredentials;
            options.TokenEndpoint = _endpoint.Address.AbsoluteUri;
            options.Client.Id = FakeTokenEndpoint.DefaultClientId;
            options.Client.Secret = FakeTokenEndpoint.DefaultClientSecret;
        }).UsePostgreSql(dataSource).UseAesGcm(TestKeys.Key);
        services.UseFakeTokenEndpoint(Name, _endpoint);
        return services.BuildServiceProvider();
    }
}
