using System.Net;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using TokenKit.Source;
using TokenKit.Testing;

namespace TokenKit.Tests;

/// <summary>What somebody corrects is tried at once; what no correction helps is not.</summary>
public class ReloadTests
{
    [Fact]
    public async Task A_corrected_option_is_tried_at_once()
    {
        await using var program = new Program(("Client:Secret", "wrong"));
        (await program.ReasonAsync()).Should().Be(RefreshFailureReason.ClientRejected);

        program.Set("TokenRefresh:crm:Client:Secret", FakeTokenEndpoint.DefaultClientSecret);

        (await program.ReasonAsync()).Should().BeNull();
        program.Endpoint.TokenRequests.Should().Be(2);
    }

    [Fact]
    public async Task A_corrected_secret_of_the_configuration_is_tried_at_once()
    {
        await using var program = new Program(("Client:Secret", "${secret.crm-client}"));
        program.Set("Secrets:crm-client", "wrong");
        (await program.ReasonAsync()).Should().Be(RefreshFailureReason.ClientRejected);

        program.Set("Secrets:crm-client", FakeTokenEndpoint.DefaultClientSecret);

        (await program.ReasonAsync()).Should().BeNull();
    }

    [Fact]
    public async Task An_endpoint_that_asked_to_wait_is_not_waited_for_once_another_is_configured()
    {
        await using var program = new Program(("Client:Secret", FakeTokenEndpoint.DefaultClientSecret));
        program.Endpoint.FailNext(HttpStatusCode.ServiceUnavailable, retryAfter: TimeSpan.FromHours(1));
        (await program.ReasonAsync()).Should().Be(RefreshFailureReason.Throttled);
        (await program.ReasonAsync()).Should().Be(RefreshFailureReason.Throttled);
        program.Endpoint.TokenRequests.Should().Be(1);

        program.Set("TokenRefresh:crm:Scope", "orders");

        (await program.ReasonAsync()).Should().BeNull();
    }

    [Fact]
    public async Task A_subjects_failure_ends_as_well()
    {
        await using var program = new Program(("Client:Secret", "wrong"));
        (await program.ReasonAsync("shop-1")).Should().Be(RefreshFailureReason.ClientRejected);

        program.Set("TokenRefresh:crm:Client:Secret", FakeTokenEndpoint.DefaultClientSecret);

        (await program.ReasonAsync("shop-1")).Should().BeNull();
    }

    [Fact]
    public async Task No_reload_brings_a_dead_grant_back()
    {
        await using var program = new Program(
            ("Grant", "refresh_token"), ("Client:Secret", FakeTokenEndpoint.DefaultClientSecret), ("Seed:RefreshToken", "no-good"));
        (await program.ReasonAsync()).Should().Be(RefreshFailureReason.ReauthorizationRequired);

        program.Set("TokenRefresh:crm:Scope", "orders");

        (await program.ReasonAsync()).Should().Be(RefreshFailureReason.ReauthorizationRequired);
        program.Endpoint.TokenRequests.Should().Be(1);
    }

    [Theory]
    [InlineData("Client:Secret", FakeTokenEndpoint.DefaultClientSecret)]
    [InlineData("Scope", "orders")]
    public async Task No_reload_brings_a_request_that_the_definition_does_not_allow_yet(string key, string value)
    {
        await using var program = new Program(("Client:Secret", "wrong"), ("Freshness:AtMostEvery", "1h"));
        (await program.ReasonAsync()).Should().Be(RefreshFailureReason.ClientRejected);

        program.Set("TokenRefresh:crm:" + key, value);

        (await program.ReasonAsync()).Should().Be(RefreshFailureReason.Throttled);
        program.Endpoint.TokenRequests.Should().Be(1);
    }

    private sealed class Program : IAsyncDisposable
    {
        private readonly ServiceProvider _provider;

        public Program(params (string Key, string Value)[] options)
        {
            Endpoint = new FakeTokenEndpoint(null, Time);
            Configuration = new ConfigurationBuilder()
                .AddInMemoryCollection(
                [
                    new("TokenRefresh:crm:TokenEndpoint", Endpoint.Address.AbsoluteUri),
                    new("TokenRefresh:crm:Grant", "client_credentials"),
                    new("TokenRefresh:crm:Client:Id", FakeTokenEndpoint.DefaultClientId),
                ])
                .AddInMemoryCollection(options.Select(static option => KeyValuePair.Create($"TokenRefresh:crm:{option.Key}", (string?)option.Value)))
                .Build();
            var services = new ServiceCollection();
            services.AddSingleton<TimeProvider>(Time);
            services.AddSingleton<IConfiguration>(Configuration);
            services.AddTokenRefresh("crm", Configuration.GetSection("TokenRefresh:crm")).UseInMemoryStore();
            services.AddHttpClient("tokenkit-crm").ConfigurePrimaryHttpMessageHandler(Endpoint.CreateHandler);
            _provider = services.BuildServiceProvider();
        }

        private IConfigurationRoot Configuration { get; }

        public FakeTokenEndpoint Endpoint { get; }

        private ManualTimeProvider Time { get; } = new();

        public void Set(string key, string value)
        {
            Configuration[key] = value;
            Configuration.Reload();
        }

        public async Task<RefreshFailureReason?> ReasonAsync(string subject = "")
        {
            try
            {
                await _provider.GetRequiredKeyedService<ITokenSource>("crm").GetTokenAsync(new TokenDemand { Subject = subject });
                return null;
            }
            catch (TokenRefreshException exception)
            {
                // The lease is given back after the callers were told.
                var slot = _provider.GetRequiredKeyedService<TokenComposition>("crm").Flights.Find(subject)!;
                await (slot.Flight?.EndAsync(CancellationToken.None) ?? Task.CompletedTask);
                return exception.Reason;
            }
        }

        public ValueTask DisposeAsync() => _provider.DisposeAsync();
    }
}
