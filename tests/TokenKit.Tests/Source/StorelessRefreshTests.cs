using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using TokenKit.Storage;
using TokenKit.Testing;

namespace TokenKit.Tests;

/// <summary>A store that is away stops only those whose refresh token it holds.</summary>
public sealed class StorelessRefreshTests : IDisposable
{
    private readonly RecordedLogs _logs = new();
    private readonly ManualTimeProvider _time = new();
    private readonly AwayStore _store;

    public StorelessRefreshTests() => _store = new AwayStore(_time);

    public void Dispose() => _logs.Dispose();

    [Fact]
    public async Task Where_only_the_reading_of_the_store_is_away_what_is_known_of_it_will_do()
    {
        await using var host = ClientCredentials();
        await host.Source.GetTokenAsync();
        await host.FlightEndedAsync();
        _store.Away = "read";
        _time.Advance(TimeSpan.FromHours(2));

        (await host.Source.GetTokenAsync()).Reveal().Should().Be("access-2");
        await host.FlightEndedAsync();

        _logs.Of(1290).Should().BeEmpty();
        _store.Away = "";
        await using var next = ClientCredentials(sharing: host);
        (await next.Source.GetTokenAsync()).Reveal().Should().Be("access-2", "it was stored");
    }

    [Theory]
    [InlineData("lease")]
    [InlineData("all")]
    public async Task A_token_that_needs_only_credentials_is_obtained_without_the_store_and_that_is_said_once(string away)
    {
        await using var host = ClientCredentials();
        (await host.Source.GetTokenAsync()).Reveal().Should().Be("access-1");
        await host.FlightEndedAsync();
        _store.Away = away;

        for (var round = 2; round <= 4; round++)
        {
            _time.Advance(TimeSpan.FromHours(2));
            (await host.Source.GetTokenAsync()).Reveal().Should().Be($"access-{round}");
            await host.FlightEndedAsync();
        }

        _logs.Of(1290).Should().ContainSingle().Which.Level.Should().Be(LogLevel.Warning);
        _logs.Of(1203).Should().BeEmpty();
    }

    [Fact]
    public async Task Once_the_store_works_again_it_holds_the_next_token_and_its_next_failure_is_news()
    {
        await using var host = ClientCredentials();
        _store.Away = "all";
        await host.Source.GetTokenAsync();
        await host.FlightEndedAsync();

        _store.Away = "";
        _time.Advance(TimeSpan.FromHours(2));
        await host.Source.GetTokenAsync();
        await host.FlightEndedAsync();
        var stored = await host.StoredAsync(_store);
        _store.Away = "all";
        _time.Advance(TimeSpan.FromHours(2));
        await host.Source.GetTokenAsync();
        await host.FlightEndedAsync();

        stored!.AccessToken!.Reveal().Should().Be("access-2");
        _logs.Of(1290).Should().HaveCount(2);
    }

    [Fact]
    public async Task What_another_process_stored_meanwhile_is_adopted_when_the_store_works_again()
    {
        await using var one = ClientCredentials();
        await using var other = ClientCredentials(sharing: one);
        _store.Away = "all";
        await one.Source.GetTokenAsync();
        await one.FlightEndedAsync();
        _store.Away = "";
        _time.Advance(TimeSpan.FromMinutes(59));
        var stored = (await other.Source.GetTokenAsync()).Reveal();
        await other.FlightEndedAsync();
        var requests = one.Endpoint.TokenRequests;

        _time.Advance(TimeSpan.FromMinutes(2));

        (await one.Source.GetTokenAsync()).Reveal().Should().Be(stored);
        one.Endpoint.TokenRequests.Should().Be(requests);
    }

    [Fact]
    public async Task While_a_token_works_the_store_is_waited_for()
    {
        await using var host = ClientCredentials();
        await host.Source.GetTokenAsync();
        await host.FlightEndedAsync();
        _store.Away = "all";
        _time.Advance(TimeSpan.FromMinutes(55));

        (await host.Source.GetTokenAsync()).Reveal().Should().Be("access-1");
        await host.FlightEndedAsync();

        host.Endpoint.TokenRequests.Should().Be(1);
        _logs.Of(1202).Should().ContainSingle().Which.Value("Reason").Should().Be(RefreshFailureReason.StoreUnavailable);
    }

    [Fact]
    public async Task Where_one_access_token_is_written_down_the_refresh_fails_as_long_as_the_store_is_away()
    {
        await using var host = ClientCredentials(token => token.Secret.AccessTokens = StoredAccessTokens.One);
        _store.Away = "all";

        var call = async () => await host.Source.GetTokenAsync();

        (await call.Should().ThrowAsync<TokenRefreshException>()).Which.Reason.Should().Be(RefreshFailureReason.StoreUnavailable);
        host.Endpoint.TokenRequests.Should().Be(0);
    }

    [Fact]
    public async Task A_registration_with_a_refresh_token_never_goes_on_without_the_store()
    {
        await using var host = TokenHost.WithRefreshToken(services: AddServices, time: _time);
        _store.Away = "all";

        var call = async () => await host.Source.GetTokenAsync();

        (await call.Should().ThrowAsync<TokenRefreshException>()).Which.Reason.Should().Be(RefreshFailureReason.StoreUnavailable);
        host.Endpoint.TokenRequests.Should().Be(0);
    }

    [Fact]
    public async Task What_could_not_be_written_and_has_run_out_is_followed_by_another_without_a_pause()
    {
        await using var host = ClientCredentials();
        _store.Away = "write";
        await host.Source.GetTokenAsync();
        await host.FlightEndedAsync();
        _store.Away = "all";
        _time.Advance(TimeSpan.FromHours(2));

        (await host.Source.GetTokenAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(30))).Reveal().Should().Be("access-2", "the clock stands still, so nothing was waited for");
    }

    // Where writes alone are refused, a second process waits for the lease of the first.
    [Theory]
    [InlineData(1, new[] { "", "", "read", "lease", "write", "all" })]
    [InlineData(2, new[] { "", "", "read", "lease", "all" })]
    public async Task However_the_store_comes_and_goes_every_call_gets_a_token_that_works_and_processes_agree_again_in_the_end(int processes, string[] parts)
    {
        for (var seed = 0; seed < 30; seed++)
        {
            var random = new Random(seed);
            _store.Away = "";
            await using var one = ClientCredentials();
            await using var other = ClientCredentials(sharing: one);
            for (var round = 0; round < 40; round++)
            {
                _store.Away = parts[random.Next(parts.Length)];
                _time.Advance(TimeSpan.FromMinutes(random.Next(1, 90)));
                var host = random.Next(processes) == 0 ? one : other;

                var token = await host.Source.GetTokenAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(30));

                token.ExpiresAt.Should().BeAfter(_time.GetUtcNow(), $"seed {seed}, round {round}");
                await EndedAsync(host);
            }

            _store.Away = "";
            _time.Advance(TimeSpan.FromHours(2));
            (await one.Source.GetTokenAsync()).Reveal().Should().Be((await other.Source.GetTokenAsync()).Reveal(), $"seed {seed}");
        }
    }

    [Fact]
    public async Task A_damaged_file_of_a_registration_without_refresh_token_is_set_aside_and_the_next_token_is_stored()
    {
        using var directory = new StoreDirectory();
        await using var host = FileHost(directory, TokenHost.WithClientCredentials);
        await host.Source.GetTokenAsync();
        await host.FlightEndedAsync();
        var file = Directory.GetFiles(directory.Path, "*.secret").Single();
        var damaged = Damage(file);
        _time.Advance(TimeSpan.FromHours(2));

        (await host.Source.GetTokenAsync()).Reveal().Should().Be("access-2");
        await host.FlightEndedAsync();

        var aside = Directory.GetFiles(directory.Path, "*.damaged").Single();
        File.ReadAllBytes(aside).Should().Equal(damaged, "nothing is deleted");
        _logs.Of(1291).Should().ContainSingle().Which.Message.Should().Contain(aside).And.NotContain("left as it was");
        _logs.Of(1290).Should().BeEmpty();
        await using var next = FileHost(directory, TokenHost.WithClientCredentials, host);
        (await next.Source.GetTokenAsync()).Reveal().Should().Be("access-2", "it was stored");
    }

    [Fact]
    public async Task A_file_that_is_damaged_again_is_left_and_the_registration_goes_on_without_it()
    {
        using var directory = new StoreDirectory();
        await using var host = FileHost(directory, TokenHost.WithClientCredentials);
        for (var round = 1; round <= 3; round++)
        {
            (await host.Source.GetTokenAsync()).Reveal().Should().Be($"access-{round}");
            await host.FlightEndedAsync();
            Damage(Directory.GetFiles(directory.Path, "*.secret").Single());
            _time.Advance(TimeSpan.FromHours(2));
        }

        Directory.GetFiles(directory.Path, "*.damaged").Should().ContainSingle();
        _logs.Of(1290).Should().ContainSingle();
    }

    [Fact]
    public async Task A_file_under_a_key_that_is_not_at_hand_is_not_damaged_and_is_left()
    {
        using var directory = new StoreDirectory();
        await using (var before = FileHost(directory, TokenHost.WithClientCredentials, key: Convert.ToBase64String(new byte[32])))
        {
            await before.Source.GetTokenAsync();
            await before.FlightEndedAsync();
        }

        await using var host = FileHost(directory, TokenHost.WithClientCredentials);

        (await host.Source.GetTokenAsync()).Reveal().Should().Be("access-1");

        Directory.GetFiles(directory.Path, "*.damaged").Should().BeEmpty();
        _logs.Of(1290).Should().ContainSingle();
    }

    [Fact]
    public async Task A_damaged_file_of_a_registration_with_a_refresh_token_is_left_as_it_is()
    {
        using var directory = new StoreDirectory();
        await using var host = FileHost(directory, TokenHost.WithRefreshToken);
        await host.Source.GetTokenAsync();
        await host.FlightEndedAsync();
        var file = Directory.GetFiles(directory.Path, "*.secret").Single();
        var damaged = Damage(file);
        _time.Advance(TimeSpan.FromHours(2));

        var call = async () => await host.Source.GetTokenAsync();

        (await call.Should().ThrowAsync<TokenRefreshException>()).Which.Reason.Should().Be(RefreshFailureReason.StoreUnavailable);
        File.ReadAllBytes(file).Should().Equal(damaged);
        Directory.GetFiles(directory.Path, "*.damaged").Should().BeEmpty();
    }

    // What follows a flight that could not write waits for the clock.
    private static async Task EndedAsync(TokenHost host)
    {
        var ended = host.FlightEndedAsync();

        // No deadline and no lease may end meanwhile, however slow this machine is.
        await host.PausesPassUntilAsync(() => ended.IsCompleted, "the flight has ended");
        await ended;
    }

    private static byte[] Damage(string file)
    {
        var content = File.ReadAllBytes(file);
        content[^1] ^= 1;
        File.WriteAllBytes(file, content);
        return content;
    }

    private TokenHost ClientCredentials(Action<TokenRefreshOptions>? configure = null, TokenHost? sharing = null) =>
        TokenHost.WithClientCredentials(configure, AddServices, sharing: sharing, time: _time);

    private void AddServices(IServiceCollection services)
    {
        services.AddLogging(logging => logging.AddRecordedLogs(_logs));
        services.AddStore(_store);
    }

    private TokenHost FileHost(StoreDirectory directory, HostFactory factory, TokenHost? sharing = null, string? key = null) => factory(
        null,
        services =>
        {
            services.AddLogging(logging => logging.AddRecordedLogs(_logs));
            var ring = SecretKeyRing.Parse(key ?? StoreDirectory.Key);
            services.AddStore(new FileSecretStore(new FileStoreOptions { Directory = directory.Path }, new AesGcmSecretProtector(ring), _time));
        },
        null,
        sharing,
        _time);

    private delegate TokenHost HostFactory(
        Action<TokenRefreshOptions>? configure, Action<IServiceCollection>? services, FakeTokenEndpointOptions? server, TokenHost? sharing, ManualTimeProvider? time);

    /// <summary>A store of which the reading, the leases, the writing or all of it is away.</summary>
    private sealed class AwayStore(ManualTimeProvider time) : ISecretStore, IRefreshLeaseProvider
    {
        private readonly InMemorySecretStore _inner = new(time);

        public string Away { get; set; } = "";

        public ValueTask<SecretEntry?> GetAsync(SecretKey key, CancellationToken cancellationToken = default) =>
            WhenThere("read", () => _inner.GetAsync(key, cancellationToken));

        public ValueTask<SecretWriteResult> SetAsync(SecretKey key, SecretWrite write, CancellationToken cancellationToken = default) =>
            WhenThere("write", () => _inner.SetAsync(key, write, cancellationToken));

        public ValueTask<bool> RemoveAsync(SecretKey key, SecretCondition condition, CancellationToken cancellationToken = default) =>
            WhenThere("write", () => _inner.RemoveAsync(key, condition, cancellationToken));

        public async ValueTask<LeaseAnswer> TryAcquireAsync(SecretKey key, LeaseRequest request, CancellationToken cancellationToken = default) =>
            (await WhenThere("lease", () => _inner.TryAcquireAsync(key, request, cancellationToken))).With(lease => new AwayLease(this, lease), static entry => entry);

        public ValueTask<long> AdvanceEpochAsync(SecretKey key, CancellationToken cancellationToken = default) =>
            WhenThere("lease", () => _inner.AdvanceEpochAsync(key, cancellationToken));

        private ValueTask<T> WhenThere<T>(string part, Func<ValueTask<T>> call) =>
            Away == part || Away == "all" ? throw new IOException("The store is away.") : call();

        private sealed class AwayLease(AwayStore store, RefreshLease inner) : ForwardedLease(inner)
        {
            public override ValueTask<SecretWriteResult> WriteAsync(
                SecretWrite write, RefreshState? stateToLeave, CancellationToken cancellationToken = default) =>
                store.WhenThere("write", () => Inner.WriteAsync(write, stateToLeave, cancellationToken));
        }
    }
}
