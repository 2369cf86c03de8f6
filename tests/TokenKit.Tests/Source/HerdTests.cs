using TokenKit.Source;
using TokenKit.Testing;

namespace TokenKit.Tests;

/// <summary>Many callers, one refresh.</summary>
public class HerdTests
{
    [Fact]
    public async Task Ten_thousand_callers_at_fifty_expiries_make_exactly_fifty_requests()
    {
        await using var host = TokenHost.WithRefreshToken(server: new FakeTokenEndpointOptions { AccessTokenLifetime = TimeSpan.FromMinutes(5) });

        for (var expiry = 1; expiry <= 50; expiry++)
        {
            using var held = host.Endpoint.HoldNext();
            var callers = Enumerable.Range(0, 10_000).Select(_ => Task.Run(() => host.Source.GetTokenAsync().AsTask())).ToArray();
            await held.WaitForArrivalAsync();
            held.Release();
            var tokens = await Task.WhenAll(callers);

            tokens.Should().OnlyContain(token => token.Reveal() == $"access-{expiry}");
            host.Endpoint.TokenRequests.Should().Be(expiry);
            host.Time.Advance(TimeSpan.FromMinutes(6));
        }

        host.Endpoint.ReuseDetections.Should().Be(0);
    }

    [Fact]
    public async Task Half_of_a_thousand_callers_cancel_and_the_others_get_the_token_which_is_stored_every_time()
    {
        await using var host = TokenHost.WithRefreshToken(server: new FakeTokenEndpointOptions { AccessTokenLifetime = TimeSpan.FromMinutes(5) });
        var random = new Random(20261121);
        var source = host.Source;

        for (var round = 1; round <= 200; round++)
        {
            using var held = host.Endpoint.HoldNext();
            using var leaving = new CancellationTokenSource();

            // The first caller, who starts the flight, is always among those who leave.
            List<Task<AccessToken>> leavers = [source.GetTokenAsync(leaving.Token).AsTask()];
            List<Task<AccessToken>> stayers = [];
            for (var caller = 1; caller < 1000; caller++)
            {
                var leaves = random.Next(2) == 0;
                (leaves ? leavers : stayers).Add(source.GetTokenAsync(leaves ? leaving.Token : default).AsTask());
            }

            await held.WaitForArrivalAsync();
            await leaving.CancelAsync();
            held.Release();
            var tokens = await Task.WhenAll(stayers);
            await ((Task)Task.WhenAll(leavers)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);

            leavers.Should().OnlyContain(static caller => caller.IsCanceled);
            tokens.Distinct().Should().ContainSingle().Which.Reveal().Should().Be($"access-{round}");
            host.Endpoint.TokenRequests.Should().Be(round);
            (await host.StoredAsync())!.RefreshToken!.Reveal().Should().Match(token => host.Endpoint.IsCurrent(token));

            // Whoever joins a flight that has served its callers and not yet given back its lease waits for its end and then looks
            // once more, on a thread of its own: perhaps when the next token is already there, however early the caller left.
            await host.FlightEndedAsync();
            host.Time.Advance(TimeSpan.FromMinutes(6));
        }
    }

    [Fact]
    public async Task A_thousand_rejections_of_one_generation_make_one_request()
    {
        await using var host = TokenHost.WithRefreshToken();
        var refused = await host.Source.GetTokenAsync();

        var again = await Task.WhenAll(Enumerable.Range(0, 1000).Select(_ => Task.Run(
            () => host.Source.GetTokenAsync(new TokenDemand { Rejected = refused }).AsTask())));

        again.Should().OnlyContain(token => token.Reveal() == "access-2");
        host.Endpoint.TokenRequests.Should().Be(2);
    }

    [Fact]
    public async Task A_flight_that_removes_itself_by_key_alone_would_be_caught()
    {
        // The naive way, kept to show that the interleaving matters: a late flight takes its successor's place away.
        var slots = new Dictionary<string, object> { ["crm"] = "first flight" };
        slots["crm"] = "its successor";
        slots.Remove("crm");
        slots.Should().BeEmpty();

        var slot = new TokenSlot(TokenGroups.New("crm", TimeProvider.System), "");
        slot.JoinOrCreate(Order, Create, out var ended);
        ended!.End();
        slot.JoinOrCreate(Order, Create, out var successor);
        ended!.End();

        slot.Flight.Should().BeSameAs(successor);
        await ended!.EndAsync(default);
    }

    private static readonly FlightOrder Order = new(RefreshTrigger.Missing);

    private static TokenFlight Create(TokenSlot slot, FlightOrder order) => new(slot, order, default, TaskCreationOptions.None);
}
