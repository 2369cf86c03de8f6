using TokenKit.Testing;
using TwoMachines;

// Two worker processes, one store, one token server that takes every refresh token once and ends the grant when one comes
// twice. One worker is killed in mid-refresh; the other takes over. With --files the store is a folder.
if (WorkerSettings.FromEnvironment() is { } own)
{
    return await Worker.RunAsync(own);
}

await using var store = await SharedStore.OpenAsync(args.Contains("--files"));
Console.WriteLine($"Tokens are kept in {store.Description}.");

// 1. The token server: tokens of three seconds, 300 ms for an answer, strict rotation.
var endpoint = new FakeTokenEndpoint(new FakeTokenEndpointOptions { AccessTokenLifetime = TimeSpan.FromSeconds(3) })
{
    Delay = TimeSpan.FromMilliseconds(300),
};
await using var server = LoopbackServer.Start(endpoint.CreateHandler());
var settings = store.Settings with { Endpoint = new Uri(server.Address, "token").ToString(), Seed = endpoint.IssueRefreshToken() };
await using var timeline = new Timeline(endpoint);

// 2. Two workers, each with four callers that ask for the token all the time.
await using var a = await WorkerProcess.StartAsync(settings with { Name = "A" }, timeline);
await using var b = await WorkerProcess.StartAsync(settings with { Name = "B" }, timeline);
await timeline.RefreshesAsync(3);

// 3. The next request reaches the server, and its sender dies before the server has done anything. (Had the server rotated
//    already, the new token would have died with the process, and no client could help: docs/many-machines.md.)
endpoint.DropBefore();
using (var held = endpoint.HoldNext())
{
    await held.WaitForArrivalAsync();
    var victim = timeline.LastSender == "A" ? a : b;
    await victim.KillAsync();
    timeline.Write($"{timeline.LastSender}  killed in mid-refresh: it holds the lease and will never give it back");
}

// 4. The other one takes over when the lease has run out, and goes on; the dead one comes back.
await timeline.RefreshesAsync(4);
await using var c = await WorkerProcess.StartAsync(settings with { Name = "C" }, timeline);
await timeline.RefreshesAsync(7);

var failed = 0;
foreach (var worker in new[] { a, b, c }.Where(static worker => !worker.IsDead))
{
    failed += await worker.StopAsync();
}

await timeline.StopAsync();
Console.WriteLine(timeline.AreApart ? "Never were two requests under way at once." : "Two requests were under way at once!");
Console.WriteLine(
    $"refreshes {endpoint.Rotations} · double redemptions {endpoint.ReuseDetections} · lost grants {endpoint.LostGrants} · takeovers {timeline.Takeovers}");
return endpoint is { ReuseDetections: 0, LostGrants: 0 } && timeline is { Takeovers: 1, AreApart: true } && failed == 0 ? 0 : 1;
