using Npgsql;
using TokenKit.PrivatePostgreSql;
using TokenKit.Testing;

namespace TokenKit.PostgreSql.Tests;

/// <summary>After a run, nothing on any disk holds a secret: not the store's folder, not the data directory with its log of writes.</summary>
[Collection(DatabaseCollection.Name)]
public sealed class MarkerTests(TestDatabase database)
{
    private static FakeTokenEndpointOptions Marked => new() { AccessTokenPrefix = "access-s3cr3t-", RefreshTokenPrefix = "refresh-s3cr3t-" };

    [PrivateServerFact]
    public async Task Neither_the_data_directory_nor_the_server_s_log_holds_a_secret()
    {
        await using var server = await PrivateServer.StartAsync("log_statement = 'all'", "log_min_duration_statement = 0", "log_parameter_max_length = -1");
        var endpoint = new FakeTokenEndpoint(Marked);
        var scan = new SecretLeakScan();
        await using (var client = new RefreshingClient(server.ConnectionString, new PostgreSqlStoreOptions(), endpoint, endpoint.IssueRefreshToken()))
        {
            for (var refresh = 0; refresh < 10; refresh++)
            {
                await client.RefreshUntilItSucceedsAsync();
            }

            await client.NothingIsLostAsync();
        }

        await using (var dataSource = NpgsqlDataSource.Create(server.ConnectionString))
        {
            await using var checkpoint = dataSource.CreateCommand("CHECKPOINT");
            await checkpoint.ExecuteNonQueryAsync();
        }

        await server.StopAsync();
        scan.Add(endpoint);
        scan.InFiles(server.Home).Should().BeEmpty();
        scan.Add("control", "TokenKit secrets, format 1").InFiles(server.Home).Should().NotBeEmpty("the search finds what is there");
    }

    [Fact]
    public async Task The_folder_of_a_fleet_holds_no_secret_although_processes_were_killed()
    {
        var options = Marked;
        options.AccessTokenLifetime = TimeSpan.FromSeconds(1);
        await using var fleet = new Fleet(Fleet.File, database, options, isQuick: true);
        for (var kill = 0; kill < 2; kill++)
        {
            var process = await fleet.StartProcessAsync();
            await process.OrderAsync("loop 3");
            await fleet.Endpoint.WaitForRequestsAsync(fleet.Endpoint.TokenRequests + 1);
            await process.KillAsync();
        }

        Directory.GetFiles(fleet.Directory, "*.secret").Should().NotBeEmpty();
        new SecretLeakScan().Add(fleet.Endpoint).InFiles(fleet.Directory).Should().BeEmpty();
    }
}
