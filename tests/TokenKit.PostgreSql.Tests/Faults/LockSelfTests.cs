namespace TokenKit.PostgreSql.Tests;

/// <summary>Where locks on files do nothing, two processes would use one refresh token: such a store does not open.</summary>
[Collection(DatabaseCollection.Name)]
public sealed class LockSelfTests(TestDatabase database)
{
    [Fact]
    public async Task A_process_whose_file_locks_are_switched_off_gets_no_store()
    {
        await using var fleet = new Fleet(Fleet.File, database);
        fleet.Set("DOTNET_SYSTEM_IO_DISABLEFILELOCKING", "1");
        var process = await fleet.StartProcessAsync();

        var answer = await process.OrderAsync("call 1");

        answer.Should().Be("refused: File locks do not work in");
        fleet.Endpoint.TokenRequests.Should().Be(0);
    }

    [Fact]
    public async Task With_file_locks_it_gets_one()
    {
        await using var fleet = new Fleet(Fleet.File, database);
        var process = await fleet.StartProcessAsync();

        (await process.OrderAsync("call 1")).Should().Be("called 1 1 ");
    }
}
