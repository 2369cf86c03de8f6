using System.Net;
using System.Threading.Channels;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using NSubstitute;
using TokenKit.Source;
using TokenKit.Storage;
using TokenKit.Testing;

namespace TokenKit.Tests;

/// <summary>What a placement reads beside the token may hang or fail: the grant is stored by then, and what works is served.</summary>
public sealed class PlacementAfterTheWriteTests
{
    private const string Proof = "${assertion.proof}";

    // The source of a proof has five seconds at the least, whatever the refresh has left of its two. No more than that passes: the
    // wait after the failure is shorter, and then somebody looks again.
    private static readonly TimeSpan PastTheDeadline = TimeSpan.FromSeconds(5);

    [Fact]
    public async Task The_rotated_refresh_token_is_stored_and_the_lease_given_back_before_the_placement_is_read()
    {
        await using var program = new Program(("Placement:Headers:X-Proof", Proof));
        program.Proofs.Hang();
        var asked = program.Source.GetTokenAsync().AsTask();
        await program.Proofs.ArrivalAsync();

        var stored = await program.StoredAsync();
        var lease = await program.Store.TryTakeAsync(StoredTokens.Key, TimeSpan.FromSeconds(1));

        stored!.AccessToken!.Reveal().Should().Be("access-1");
        stored.RefreshToken!.Reveal().Should().NotBe(program.SeedToken);
        lease.Should().NotBeNull("nobody waits for a proof to take the lease");
        asked.IsCompleted.Should().BeFalse("the proof is still being waited for");
        program.Time.Advance(PastTheDeadline);
        await asked;
    }

    [Fact]
    public async Task A_source_that_hangs_ends_the_refresh_by_its_deadline_and_costs_nobody_the_new_token()
    {
        await using var program = new Program(("Placement:Headers:X-Proof", Proof));
        program.Proofs.Hang();
        var waiting = program.Refresher.RefreshAsync().AsTask();
        var refreshed = program.Flight!.CompletionAsync(CancellationToken.None);
        await program.Proofs.ArrivalAsync();
        (await program.Source.GetTokenAsync()).Reveal().Should().Be("access-1", "who asks for no more than the token waits for no proof");

        program.Time.Advance(PastTheDeadline);

        (await waiting).Failure!.Message.Should().Contain("Placement", "that is what the refresh waited for");
        var result = await refreshed;
        result.Failure!.Reason.Should().Be(RefreshFailureReason.TimedOut);
        result.Failure.Message.Should().Contain("proof").And.Contain("stored");
        result.TokenSet!.AccessToken!.Reveal().Should().Be("access-1");
        result.Steps.Select(static step => step.Name).Should().Equal("clear", "request", "map", "validate", "persist", "place");
        (await program.Source.GetTokenAsync()).Reveal().Should().Be("access-1");
        program.Endpoint.TokenRequests.Should().Be(1);
    }

    [Fact]
    public async Task A_call_that_waits_for_a_proof_that_hangs_ends_with_the_failure()
    {
        await using var program = new Program(("Placement:Headers:X-Proof", Proof));
        program.Proofs.Hang();
        var call = program.CallAsync();
        await program.Proofs.ArrivalAsync();

        program.Time.Advance(PastTheDeadline);

        (await call).Should().Be(RefreshFailureReason.TimedOut);
        program.Api.Calls.Should().Be(0, "a call without its proof never leaves");
    }

    [Theory]
    [InlineData("Placement:Headers:X-Proof", Proof)]
    [InlineData("Placement:Headers:X-Key", "${secret.api-key}")]
    [InlineData("Placement:Query:key", "${secret.api-key}")]
    public async Task The_former_token_serves_calls_while_it_works_and_only_then_comes_the_failure(string key, string value)
    {
        await using var program = new Program((key, value));
        program.Let("Secrets:api-key", "k-1");
        (await program.CallAsync()).Should().BeNull();
        await program.FlightEndedAsync();
        program.Let("Secrets:api-key", null);
        program.Proofs.Throw();
        program.Time.Advance(TimeSpan.FromMinutes(9));

        (await program.CallAsync()).Should().BeNull("a refresh ahead of need is nothing that a call waits for");
        await program.FlightEndedAsync();
        (await program.Source.GetTokenAsync()).Reveal().Should().Be("access-2");
        (await program.CallAsync()).Should().BeNull();
        program.TokensOfCalls.Should().Equal("access-1", "access-1", "access-1");
        (await program.StoredAsync())!.AccessToken!.Reveal().Should().Be("access-2");

        program.Time.Advance(TimeSpan.FromSeconds(61));
        (await program.CallAsync()).Should().Be(RefreshFailureReason.SecretUnavailable, "the former token has expired");
        program.Endpoint.TokenRequests.Should().Be(2);

        program.Let("Secrets:api-key", "k-2");
        program.Proofs.Give("proof-2");
        program.Time.Advance(TimeSpan.FromMinutes(1));
        (await program.CallAsync()).Should().BeNull();
        program.TokensOfCalls.Should().EndWith("access-2");
        program.Endpoint.TokenRequests.Should().Be(2);
    }

    [Fact]
    public async Task Ten_minutes_of_a_failing_placement_cost_no_token_request_and_few_questions()
    {
        await using var program = new Program(TimeSpan.FromHours(1), ("Placement:Headers:X-Proof", Proof));
        program.Proofs.Throw();

        for (var second = 0; second < 600; second++)
        {
            (await program.CallAsync()).Should().Be(RefreshFailureReason.SecretUnavailable);
            await program.FlightEndedAsync();
            program.Time.Advance(TimeSpan.FromSeconds(1));
        }

        program.Endpoint.TokenRequests.Should().Be(1);
        program.Proofs.Asked.Should().BeInRange(30, 300, "somebody looks again, and not for each call");
        program.Proofs.Give("proof-1");
        program.Time.Advance(TimeSpan.FromSeconds(15));
        (await program.CallAsync()).Should().BeNull();
        program.Endpoint.TokenRequests.Should().Be(1);
    }

    [Fact]
    public async Task A_token_that_another_process_stored_costs_no_request_where_its_placement_fails()
    {
        await using var first = new Program(TimeSpan.FromHours(1), ("Placement:Headers:X-Proof", Proof));
        await using var second = new Program(first, ("Placement:Headers:X-Proof", Proof));
        (await first.CallAsync()).Should().BeNull();
        await first.FlightEndedAsync();
        second.Proofs.Throw();

        for (var look = 0; look < 60; look++)
        {
            (await second.CallAsync()).Should().Be(RefreshFailureReason.SecretUnavailable);
            (await second.Source.GetTokenAsync()).Reveal().Should().Be("access-1");
            await second.FlightEndedAsync();
            first.Time.Advance(TimeSpan.FromSeconds(10));
        }

        first.Endpoint.TokenRequests.Should().Be(1);
        second.Proofs.Give("proof-1");
        first.Time.Advance(TimeSpan.FromSeconds(15));
        (await second.CallAsync()).Should().BeNull();
        first.Endpoint.TokenRequests.Should().Be(1);
    }

    [Fact]
    public async Task A_source_that_hangs_at_adoption_ends_by_the_deadline_too()
    {
        await using var first = new Program(TimeSpan.FromHours(1), ("Placement:Headers:X-Proof", Proof));
        await using var second = new Program(first, ("Placement:Headers:X-Proof", Proof));
        await first.CallAsync();
        await first.FlightEndedAsync();
        second.Proofs.Hang();
        var asked = second.Source.GetTokenAsync().AsTask();
        await second.Proofs.ArrivalAsync();

        first.Time.Advance(PastTheDeadline);

        (await asked).Reveal().Should().Be("access-1");
        first.Endpoint.TokenRequests.Should().Be(1);
    }

    [Theory]
    [InlineData(null, "two", "access-1")]
    [InlineData("to ken", "two", "access-2")]
    [InlineData(null, "${token.values.shop}", "access-2")]
    public async Task A_stored_token_that_cannot_be_placed_counts_as_absent(string? text, string header, string served)
    {
        await using var first = new Program(TimeSpan.FromHours(1));
        await first.Source.GetTokenAsync();
        await first.FlightEndedAsync();
        if (text is not null)
        {
            await first.StoreAsync((await first.StoredAsync())! with { AccessToken = new SecretText(text) });
        }

        await using var second = new Program(
            first, ("Placement:Header", ""), ("Placement:Query:t", "${token.access}"), ("Placement:Headers:X-Shop", header), ("Response:Values:shop", "'north'"));

        (await second.Source.GetTokenAsync()).Reveal().Should().Be(served);
    }

    [Fact]
    public async Task A_candidate_whose_placement_needs_no_look_elsewhere_is_refused_as_before()
    {
        await using var program = new Program(("Placement:Headers:X-Shop", "${token.values.shop}"), ("Response:Values:shop", "body.shop"), ("Placement:Headers:X-Proof", Proof));

        var result = await program.Refresher.RefreshAsync();

        result.Failure!.Reason.Should().Be(RefreshFailureReason.TokenInvalid);
        var stored = await program.StoredAsync();
        stored!.AccessToken.Should().BeNull();
        stored.RefreshToken!.Reveal().Should().NotBe(program.SeedToken, "the new refresh token was salvaged");
        program.Proofs.Asked.Should().Be(0);
    }

    [Fact]
    public async Task An_api_that_refuses_the_former_token_keeps_the_last_word_when_the_newer_one_cannot_be_placed()
    {
        await using var program = new Program(TimeSpan.FromHours(1), ("Placement:Headers:X-Proof", Proof));
        (await program.CallAsync()).Should().BeNull();
        await program.FlightEndedAsync();
        program.Proofs.Throw();
        program.Endpoint.RevokeAccessTokens();

        (await program.StatusAsync()).Should().Be(HttpStatusCode.Unauthorized);
        await program.FlightEndedAsync();
        (await program.CallAsync()).Should().Be(RefreshFailureReason.SecretUnavailable, "the former token is known to be refused");

        program.Endpoint.TokenRequests.Should().Be(2);
        program.Api.Calls.Should().Be(2);
    }

    [Fact]
    public async Task A_reload_applies_to_the_token_in_hand()
    {
        await using var program = new Program(("Placement:Header", "X-Old"), ("Placement:Value", "${token.access}"));
        program.Api.TokenPrefix = "";
        program.Api.TokenHeader = "X-Old";
        (await program.CallAsync()).Should().BeNull();

        program.Set("TokenRefresh:crm:Placement:Header", "X-New");
        program.Api.TokenHeader = "X-New";
        (await program.CallAsync()).Should().BeNull();

        program.Api.RecentCalls[^1].Headers.Should().Contain("X-New", "access-1").And.NotContainKey("X-Old");
        program.Endpoint.TokenRequests.Should().Be(1);
    }

    [Fact]
    public async Task After_a_reload_a_call_waits_for_what_its_placement_reads_and_never_goes_out_in_the_old_form()
    {
        await using var program = new Program(("Placement:Headers:X-Proof", "none"));
        (await program.CallAsync()).Should().BeNull();
        await program.FlightEndedAsync();
        program.Proofs.Hang();
        program.Set("TokenRefresh:crm:Placement:Headers:X-Proof", Proof);

        var call = program.CallAsync();
        await program.Proofs.ArrivalAsync();
        program.Api.Calls.Should().Be(1);
        call.IsCompleted.Should().BeFalse();
        program.Proofs.Give("proof-1");

        (await call).Should().BeNull();
        program.Api.RecentCalls[^1].Headers.Should().Contain("X-Proof", "proof-1");
        (await program.CallAsync()).Should().BeNull();
        program.Proofs.Asked.Should().Be(1, "once a token");
        program.Endpoint.TokenRequests.Should().Be(1);
    }

    [Fact]
    public async Task A_reload_that_the_token_in_hand_does_not_fit_obtains_one_that_does()
    {
        await using var program = new Program();
        (await program.CallAsync()).Should().BeNull();
        await program.FlightEndedAsync();

        program.Set("TokenRefresh:crm:Response:Values:kind", "body.token_type");
        program.Set("TokenRefresh:crm:Placement:Headers:X-Kind", "${token.values.kind}");

        (await program.CallAsync()).Should().BeNull();
        program.TokensOfCalls.Should().Equal("access-1", "access-2");
        program.Api.RecentCalls[^1].Headers.Should().ContainKey("X-Kind");
    }

    private sealed class Program : IAsyncDisposable
    {
        private readonly ServiceProvider _provider;

        public Program(params (string Key, string Value)[] options)
            : this(TimeSpan.FromMinutes(10), options)
        {
        }

        public Program(TimeSpan lifetime, params (string Key, string Value)[] options)
            : this(lifetime, null, options)
        {
        }

        public Program(Program sharing, params (string Key, string Value)[] options)
            : this(default, sharing, options)
        {
        }

        private Program(TimeSpan lifetime, Program? sharing, (string Key, string Value)[] options)
        {
            Store = sharing?.Store ?? new FaultyStore();
            Endpoint = sharing?.Endpoint ?? new FakeTokenEndpoint(new FakeTokenEndpointOptions { AccessTokenLifetime = lifetime }, Time);
            SeedToken = sharing?.SeedToken ?? Endpoint.IssueRefreshToken();
            Api = new FakeApi(Endpoint);
            Configuration = new ConfigurationBuilder()
                .AddInMemoryCollection(
                [
                    new("TokenRefresh:crm:TokenEndpoint", Endpoint.Address.AbsoluteUri),
                    new("TokenRefresh:crm:Grant", "refresh_token"),
                    new("TokenRefresh:crm:Client:Id", FakeTokenEndpoint.DefaultClientId),
                    new("TokenRefresh:crm:Client:Secret", FakeTokenEndpoint.DefaultClientSecret),
                    new("TokenRefresh:crm:Seed:RefreshToken", SeedToken),
                    new("TokenRefresh:crm:Resilience:Timeout", "00:00:02"),
                ])
                .AddInMemoryCollection(options.Select(static option => KeyValuePair.Create($"TokenRefresh:crm:{option.Key}", (string?)option.Value)))
                .Build();
            var services = new ServiceCollection();
            services.AddSingleton<TimeProvider>(Time);
            services.AddSingleton<IConfiguration>(Configuration);
            var environment = Substitute.For<IHostEnvironment>();
            environment.EnvironmentName = "Production";
            services.AddSingleton(environment);
            services.AddKeyedSingleton<IAssertionSource>("proof", Proofs);
            services.AddTokenRefresh("crm", Configuration.GetSection("TokenRefresh:crm"));
            services.AddStore(Store);
            services.AddHttpClient("tokenkit-crm").ConfigurePrimaryHttpMessageHandler(Endpoint.CreateHandler);
            services.AddHttpClient("api", http => http.BaseAddress = Api.Address).AddTokenRefreshHandler("crm").UseFakeApi(Api);
            _provider = services.BuildServiceProvider();
        }

        public FaultyStore Store { get; }

        public ManualTimeProvider Time => Store.Time;

        public FakeTokenEndpoint Endpoint { get; }

        public FakeApi Api { get; }

        public ProofSource Proofs { get; } = new();

        public string SeedToken { get; }

        public ITokenSource Source => _provider.GetRequiredKeyedService<ITokenSource>("crm");

        public ITokenRefresher Refresher => _provider.GetRequiredKeyedService<ITokenRefresher>("crm");

        public TokenFlight? Flight => _provider.GetRequiredKeyedService<TokenComposition>("crm").Flights.OwnSlot.Flight;

        private IConfigurationRoot Configuration { get; }

        public IEnumerable<string?> TokensOfCalls => Api.RecentCalls.Select(static call => call.Token);

        /// <summary>Changes the configuration, and nobody hears of it.</summary>
        public void Let(string key, string? value) => Configuration[key] = value;

        /// <summary>Changes the configuration and reloads it.</summary>
        public void Set(string key, string? value)
        {
            Configuration[key] = value;
            Configuration.Reload();
        }

        /// <summary>Calls the API.</summary>
        /// <returns>Why there was no token for it; <see langword="null"/> when the API accepted it.</returns>
        public async Task<RefreshFailureReason?> CallAsync()
        {
            try
            {
                (await StatusAsync()).Should().Be(HttpStatusCode.OK);
                return null;
            }
            catch (TokenRefreshException exception)
            {
                return exception.Reason;
            }
        }

        public async Task<HttpStatusCode> StatusAsync()
        {
            using var http = _provider.GetRequiredService<IHttpClientFactory>().CreateClient("api");
            using var answer = await http.GetAsync("orders");
            return answer.StatusCode;
        }

        public Task FlightEndedAsync() =>
            _provider.GetRequiredKeyedService<TokenComposition>("crm").Flights.OwnSlot.Flight?.EndAsync(CancellationToken.None).WaitAsync(TimeSpan.FromSeconds(30))
            ?? Task.CompletedTask;

        public async Task<TokenSet?> StoredAsync() => (await new TokenSetStore(Store, Time).ReadAsync(StoredTokens.Key, default))?.Set;

        public Task<SecretWriteResult> StoreAsync(TokenSet set) => new TokenSetStore(Store, Time).WriteAsync(StoredTokens.Key, set, SecretCondition.Any, default);

        public async ValueTask DisposeAsync()
        {
            Proofs.Give("late");
            await _provider.DisposeWhileTimePassesAsync(Time);
        }
    }

    /// <summary>Makes proofs, late, never or not at all. It does not listen to cancellation, as foreign code may not.</summary>
    private sealed class ProofSource : IAssertionSource
    {
        private readonly Channel<AssertionContext> _arrivals = Channel.CreateUnbounded<AssertionContext>();
        private Func<Task<string>> _answer = static () => Task.FromResult("proof-1");
        private TaskCompletionSource<string>? _hanging;
        private int _asked;

        public int Asked => Volatile.Read(ref _asked);

        public void Give(string proof)
        {
            _answer = () => Task.FromResult(proof);
            _hanging?.TrySetResult(proof);
        }

        public void Throw() => _answer = static () => throw new InvalidOperationException("There is no proof.");

        public void Hang()
        {
            _hanging = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
            var hanging = _hanging;
            _answer = () => hanging.Task;
        }

        /// <summary>Waits until somebody asks for a proof.</summary>
        public async Task ArrivalAsync() => await _arrivals.Reader.ReadAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(30));

        public ValueTask<string> GetAssertionAsync(AssertionContext context, CancellationToken cancellationToken)
        {
            Interlocked.Increment(ref _asked);
            _arrivals.Writer.TryWrite(context).Should().BeTrue();
            return new(_answer());
        }
    }
}
