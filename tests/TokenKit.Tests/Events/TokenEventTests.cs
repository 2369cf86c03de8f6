using System.Collections.Concurrent;
using System.Net;
using System.Threading.Channels;
using Microsoft.Extensions.DependencyInjection;

namespace TokenKit.Tests;

public sealed class TokenEventTests
{
    [Fact]
    public async Task A_program_learns_of_refreshes_and_failures_in_their_order()
    {
        var seen = new Seen();
        await using var host = TokenHost.WithClientCredentials(
            options => options.Resilience.Attempts = 1, services => seen.SubscribeTo(services));
        await host.Source.GetTokenAsync();
        await host.FlightEndedAsync();
        host.Endpoint.FailNext(HttpStatusCode.InternalServerError);
        await host.Refresher.RefreshAsync();

        await seen.WaitAsync(2);

        seen.Events.Select(happened => happened.Kind).Should().Equal(TokenEventKind.Refreshed, TokenEventKind.RefreshFailed);
        var (first, second) = (seen.Events.First(), seen.Events.Last());
        (first.Key, first.Generation, first.Trigger).Should().Be((new TokenKey(TokenHost.Name), 1L, RefreshTrigger.Missing));
        second.Failure!.Reason.Should().Be(RefreshFailureReason.ServerError);
    }

    [Fact]
    public async Task A_dead_grant_is_told_once_until_a_refresh_succeeds()
    {
        var seen = new Seen();
        await using var host = TokenHost.WithRefreshToken(services: services => seen.SubscribeTo(services));
        for (var death = 0; death < 2; death++)
        {
            host.Endpoint.FailNextWithError("invalid_grant");
            for (var look = 0; look < 5; look++)
            {
                await host.Refresher.RefreshAsync();
                await host.FlightEndedAsync();
                host.Time.Advance(TimeSpan.FromSeconds(1));
            }

            await host.Source.SeedAsync(new TokenSeed(host.Endpoint.IssueRefreshToken()) { Overwrite = true });
            (await host.Refresher.RefreshAsync()).Succeeded.Should().BeTrue();
            await host.FlightEndedAsync();
        }

        await seen.WaitAsync(6);

        seen.Events.Select(happened => happened.Kind).Should().Equal(
            TokenEventKind.RefreshFailed, TokenEventKind.ReauthorizationRequired, TokenEventKind.Refreshed,
            TokenEventKind.RefreshFailed, TokenEventKind.ReauthorizationRequired, TokenEventKind.Refreshed);
    }

    [Fact]
    public async Task A_rotation_that_could_not_be_stored_is_told()
    {
        var seen = new Seen();
        var store = new FaultyStore();
        await using var host = TokenHost.WithRefreshToken(
            services: services =>
            {
                services.AddStore(store);
                seen.SubscribeTo(services);
            },
            time: store.Time);
        await host.Source.GetTokenAsync();
        await host.FlightEndedAsync();
        store.FailWrites(1);
        await host.Refresher.RefreshAsync();

        await seen.WaitAsync(3);

        seen.Events.Last().Kind.Should().Be(TokenEventKind.RotationNotPersisted);
    }

    [Fact]
    public async Task A_handler_that_throws_or_hangs_costs_no_refresh_and_no_caller()
    {
        var hanging = new TaskCompletionSource();
        var seen = new Seen();
        await using var host = TokenHost.WithClientCredentials(services: services =>
        {
            services.AddTokenRefresh(TokenHost.Name, static _ => { })
                .OnTokenEvent(static _ => throw new InvalidOperationException("not ours"))
                .OnTokenEvent((_, _) => new ValueTask(hanging.Task));
            seen.SubscribeTo(services);
        });

        for (var refresh = 1; refresh <= 5; refresh++)
        {
            (await host.Refresher.RefreshAsync()).Token!.Generation.Should().Be(refresh);
            await host.FlightEndedAsync();
        }

        seen.Events.Should().BeEmpty("the second handler holds the first event");
        hanging.SetResult();
        await seen.WaitAsync(5);
        seen.Events.Select(happened => happened.Generation).Should().Equal(1, 2, 3, 4, 5);
    }

    private sealed class Seen
    {
        private readonly Channel<TokenEvent> _came = Channel.CreateUnbounded<TokenEvent>();

        public ConcurrentQueue<TokenEvent> Events { get; } = new();

        public void SubscribeTo(IServiceCollection services) =>
            services.AddTokenRefresh(TokenHost.Name, static _ => { }).OnTokenEvent(happened =>
            {
                Events.Enqueue(happened);
                _came.Writer.TryWrite(happened);
            });

        public async Task WaitAsync(int count)
        {
            for (var one = 0; one < count; one++)
            {
                await _came.Reader.ReadAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(30));
            }
        }
    }
}
