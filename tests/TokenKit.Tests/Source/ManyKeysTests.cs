using System.Net;
using Microsoft.Extensions.DependencyInjection;
using TokenKit.Definitions;
using TokenKit.Source;
using TokenKit.Testing;
using TokenKit.Values;

namespace TokenKit.Tests;

/// <summary>One registration that serves many: what stays, what goes, and that there is one slot for each.</summary>
public class ManyKeysTests
{
    [Fact]
    public async Task A_million_subjects_seen_once_leave_nothing_behind()
    {
        await using var host = TokenHost.WithClientCredentials();
        var flights = FlightsOf(host);
        for (var subject = 0; subject < 1_000_000; subject++)
        {
            flights.SlotFor($"shop-{subject}");
        }

        await SweepsPassAsync(host);

        flights.Slots.Should().ContainSingle("the registration's own");
        host.Services.GetRequiredService<SweptTokens>().Count.Should().Be(0);
        host.Time.WaitingTimers.Should().Be(0, "with no subjects left there is nothing to sweep");
    }

    [Fact]
    public async Task A_swept_token_is_used_again_without_a_look_into_the_store_and_is_still_the_same_generation()
    {
        var store = new FaultyStore();
        await using var host = TokenHost.WithClientCredentials(services: services => services.AddStore(store), time: store.Time);
        var north = new TokenDemand { Subject = "north" };
        var before = await host.Source.GetTokenAsync(north);
        await SlotEndedAsync(host, "north");
        await SweepsPassAsync(host);
        FlightsOf(host).Find("north").Should().BeNull();
        var reads = store.Reads;

        var after = await host.Source.GetTokenAsync(north);

        after.Should().BeSameAs(before);
        store.Reads.Should().Be(reads);
        host.Endpoint.TokenRequests.Should().Be(1);
    }

    [Fact]
    public async Task The_header_of_a_token_is_made_when_a_call_first_needs_it()
    {
        await using var host = TokenHost.WithClientCredentials();
        var placement = host.Services.GetRequiredKeyedService<IDefinitionSource>(TokenHost.Name).Current.Placement;
        var token = await host.Source.GetTokenAsync(new TokenDemand { Subject = "north" });
        await SlotEndedAsync(host, "north");

        var before = GC.GetAllocatedBytesForCurrentThread();
        var placed = token.PlacedBy(placement);
        var made = GC.GetAllocatedBytesForCurrentThread() - before;

        placed.Should().NotBeNull();
        made.Should().BePositive("until then its text would be another copy of the token");
    }

    [Fact]
    public async Task What_was_forgotten_or_seeded_does_not_come_back_from_where_swept_tokens_are()
    {
        await using var host = TokenHost.WithClientCredentials();
        var north = new TokenDemand { Subject = "north" };
        await host.Source.GetTokenAsync(north);
        await SlotEndedAsync(host, "north");
        await SweepsPassAsync(host);

        await host.Source.ForgetAsync("north");

        host.Source.TryGetCached("north", out _).Should().BeFalse();
        (await host.Source.GetTokenAsync(north)).Reveal().Should().Be("access-2");
    }

    [Fact]
    public async Task A_sweep_never_touches_a_flight()
    {
        await using var host = TokenHost.WithClientCredentials(options => options.Resilience.Timeout = TimeSpan.FromMinutes(10));
        using var held = host.Endpoint.HoldNext();
        var asked = host.Source.GetTokenAsync(new TokenDemand { Subject = "north" }).AsTask();
        await held.WaitForArrivalAsync();
        var slot = FlightsOf(host).Find("north")!;

        for (var sweep = 0; sweep < 3; sweep++)
        {
            slot.TryRetire(ClockReading.Now(host.Time), TimeSpan.Zero, host.Time).Should().BeFalse("a flight is under way");
        }

        held.Release();
        (await asked).Reveal().Should().Be("access-1");
        FlightsOf(host).Find("north").Should().BeSameAs(slot);
    }

    [Fact]
    public async Task A_slot_that_waits_after_a_failure_keeps_its_memory()
    {
        await using var host = TokenHost.WithClientCredentials();
        host.Endpoint.FailNext(HttpStatusCode.TooManyRequests, retryAfter: TimeSpan.FromHours(1));
        var north = new TokenDemand { Subject = "north" };
        await host.Source.Awaiting(source => source.GetTokenAsync(north).AsTask()).Should().ThrowAsync<TokenRefreshException>();
        await SlotEndedAsync(host, "north");

        var slot = FlightsOf(host).Find("north")!;
        slot.TryRetire(ClockReading.Now(host.Time), TimeSpan.Zero, host.Time);
        slot.TryRetire(ClockReading.Now(host.Time), TimeSpan.Zero, host.Time).Should().BeFalse("the server asked to wait");

        host.Time.Advance(TimeSpan.FromHours(1));
        slot.TryRetire(ClockReading.Now(host.Time), TimeSpan.Zero, host.Time).Should().BeTrue();
    }

    [Fact]
    public async Task Whoever_still_holds_a_slot_that_was_swept_is_served_by_the_one_in_its_place()
    {
        await using var host = TokenHost.WithClientCredentials();
        var flights = FlightsOf(host);
        var old = flights.SlotFor("north");
        old.TryRetire(ClockReading.Now(host.Time), TimeSpan.Zero, host.Time);
        old.TryRetire(ClockReading.Now(host.Time), TimeSpan.Zero, host.Time).Should().BeTrue();
        using var held = host.Endpoint.HoldNext();

        var one = flights.JoinOrStart(old, new FlightOrder(RefreshTrigger.Missing));
        var other = flights.JoinOrStart(flights.SlotFor("north"), new FlightOrder(RefreshTrigger.Missing));

        other.Should().BeSameAs(one, "there is one flight for a key, whichever slot it was asked of");
        one.Slot.Should().NotBeSameAs(old);
        await held.WaitForArrivalAsync();
        held.Release();
        (await one.CompletionAsync(default)).Succeeded.Should().BeTrue();
        await one.EndAsync(default);
    }

    [Fact]
    public async Task Ten_thousand_threads_that_ask_for_one_new_subject_get_one_slot()
    {
        await using var host = TokenHost.WithClientCredentials();
        var flights = FlightsOf(host);

        var slots = new TokenSlot[10_000];
        Parallel.For(0, slots.Length, index => slots[index] = flights.SlotFor("north"));

        slots.Distinct().Should().ContainSingle();
    }

    [Fact]
    public async Task Sweeps_and_callers_at_once_never_make_two_requests_for_a_token_that_works()
    {
        await using var host = TokenHost.WithClientCredentials();
        var flights = FlightsOf(host);
        var north = new TokenDemand { Subject = "north" };
        await host.Source.GetTokenAsync(north);
        await SlotEndedAsync(host, "north");

        for (var round = 0; round < 200; round++)
        {
            var sweeping = Task.Run(() => host.Time.Advance(SubjectSlots.SweepInterval / 100));
            var tokens = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() => host.Source.GetTokenAsync(north).AsTask())));
            await sweeping;
            tokens.Should().OnlyContain(token => token.Reveal() == "access-1");
        }

        host.Endpoint.TokenRequests.Should().Be(1);
        flights.Slots.Count().Should().BeLessThanOrEqualTo(2);
    }

    [Fact]
    public async Task A_request_without_a_subject_of_its_own_gets_the_one_that_the_registration_finds()
    {
        var sent = new List<string>();
        await using var host = TokenHost.WithClientCredentials(services: services =>
        {
            services.AddTokenRefresh(TokenHost.Name, static _ => { }).UseSubject(request => request.RequestUri!.Query.TrimStart('?')).AllowNoSubject();
            services.AddHttpClient("api", http => http.BaseAddress = new("https://api.example.com"))
                .AddTokenRefreshHandler(TokenHost.Name)
                .ConfigurePrimaryHttpMessageHandler(() => new Recording(sent));
        });
        var client = host.Services.GetRequiredService<IHttpClientFactory>().CreateClient("api");

        await client.GetAsync("orders?north");
        await client.GetAsync("orders?south");
        await client.GetAsync("orders?north");
        using var own = new HttpRequestMessage(HttpMethod.Get, "orders?north").SetTokenSubject("south");
        await client.SendAsync(own);
        await client.GetAsync("orders");

        sent.Should().Equal("Bearer access-1", "Bearer access-2", "Bearer access-1", "Bearer access-2", "Bearer access-3");
    }

    [Fact]
    public async Task Parameters_of_a_subject_are_resolved_once_for_each_refresh_and_reach_request_and_base_url()
    {
        var resolved = new List<string>();
        var sent = new List<string>();
        await using var host = TokenHost.WithClientCredentials(
            options =>
            {
                options.Request.Form["shop"] = "${param.shop}";
                options.Placement.BaseUrl = "https://${param.shop}.example.com/v1";
            },
            services =>
            {
                services.AddTokenRefresh(TokenHost.Name, static _ => { }).UseParamResolver(["shop"], (_, key, _) =>
                {
                    resolved.Add(key.Subject);
                    return new(new Dictionary<string, string> { ["shop"] = "shop-" + key.Subject, ["other"] = "ignored" });
                });
                services.AddHttpClient("api").AddTokenRefreshHandler(TokenHost.Name)
                    .ConfigurePrimaryHttpMessageHandler(() => new Recording(sent, request => request.RequestUri!.AbsoluteUri));
            },
            new FakeTokenEndpointOptions { AccessTokenLifetime = TimeSpan.FromMinutes(10) });
        var client = host.Services.GetRequiredService<IHttpClientFactory>().CreateClient("api");

        foreach (var subject in new[] { "north", "south", "north", "north" })
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, "orders").SetTokenSubject(subject);
            await client.SendAsync(request);
        }

        sent.Should().Equal(
            "https://shop-north.example.com/v1/orders", "https://shop-south.example.com/v1/orders",
            "https://shop-north.example.com/v1/orders", "https://shop-north.example.com/v1/orders");
        resolved.Should().Equal("north", "south");
        host.Endpoint.Requests.Select(request => request.Form["shop"]).Should().Equal("shop-north", "shop-south");
    }

    [Fact]
    public async Task A_parameter_that_cannot_be_resolved_fails_the_refresh_before_anything_is_sent()
    {
        await using var host = TokenHost.WithClientCredentials(
            options => options.Request.Form["shop"] = "${param.shop}",
            services => services.AddTokenRefresh(TokenHost.Name, static _ => { }).UseParamResolver(
                ["shop"], static (_, _, _) => throw new IOException("the directory is away")));

        var thrown = await host.Source.Awaiting(source => source.GetTokenAsync().AsTask()).Should().ThrowAsync<TokenRefreshException>();

        thrown.Which.Reason.Should().Be(RefreshFailureReason.SecretUnavailable);
        thrown.Which.Message.Should().Contain("UseParamResolver").And.NotContain("away");
        host.Endpoint.TokenRequests.Should().Be(0);
    }

    private static TokenFlights FlightsOf(TokenHost host) => host.Services.GetRequiredKeyedService<TokenComposition>(TokenHost.Name).Flights;

    private static Task SlotEndedAsync(TokenHost host, string subject) =>
        FlightsOf(host).Find(subject)?.Flight?.EndAsync(default).WaitAsync(TimeSpan.FromSeconds(30)) ?? Task.CompletedTask;

    // One sweep marks what is idle, the next takes it away.
    private static async Task SweepsPassAsync(TokenHost host)
    {
        for (var sweep = 0; sweep < 2; sweep++)
        {
            await host.Time.WaitForTimersAsync();
            host.Time.Advance(SubjectSlots.SweepInterval);
        }

        await host.TimePassesUntilAsync(() => FlightsOf(host).Slots.Count() == 1, "the sweep");
    }

    private sealed class Recording(List<string> sent, Func<HttpRequestMessage, string>? what = null) : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            sent.Add(what is null ? request.Headers.Authorization!.ToString() : what(request));
            return Task.FromResult(new HttpResponseMessage { RequestMessage = request });
        }
    }
}
