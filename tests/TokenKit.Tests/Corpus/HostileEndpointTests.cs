using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using TokenKit.Storage;
using TokenKit.Testing;

namespace TokenKit.Tests;

/// <summary>The corpus against the whole library over real sockets: registered as a program registers it, asked as a program asks.</summary>
public sealed class HostileEndpointTests
{
    private const string Name = "crm";

    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Guard = TimeSpan.FromSeconds(60);

    public static TheoryData<string> Cases() => [.. HostileResponses.Included.Select(response => response.Id)];

    [Fact]
    public void What_is_left_out_is_left_out_for_a_reason() =>
        HostileResponses.All.Except(HostileResponses.Included).Select(response => response.Category).Distinct()
            .Should().BeSubsetOf(HostileResponses.Excluded.Keys);

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task A_hostile_endpoint_ends_in_the_expected_token_or_the_expected_error(string id)
    {
        var response = HostileResponses.Included.Single(one => one.Id == id);
        var time = new ManualTimeProvider();
        var logs = new RecordedLogs();
        using var headers = new HeaderWatch();
        await using var server = new RawTokenServer(response, time, patience: Deadline + TimeSpan.FromSeconds(1), headers.ReadAsync);
        await using var services = Register(server.Address, response.Scope, time, logs, headers);
        await services.GetRequiredKeyedService<ITokenSource>(Name).SeedAsync(new TokenSeed(MapBench.StoredRefreshToken));

        var result = await services.GetRequiredKeyedService<ITokenRefresher>(Name).RefreshAsync().AsTask().WaitAsync(Guard);

        (response.Transport is { ClosesUnread: true } ? server.Requests > 0 : server.Bodies.Any(IsRenewal)).Should().BeTrue("it was asked");
        (await OutcomeAsync(result, services, server, logs)).ShouldMeet(response);
        response.Expected.Secrets.In(logs).Should().BeEmpty();

        if (response.Expected.GrantIsDead is { } dead)
        {
            (await IsGrantDeadAsync(services, server, time)).Should().Be(dead);
        }
    }

    private static bool IsRenewal(string body) => body.Contains("refresh_token=" + MapBench.StoredRefreshToken, StringComparison.Ordinal);

    // What "dead" means: whoever asks later is told so, and the server is not asked again.
    private static async Task<bool> IsGrantDeadAsync(ServiceProvider services, RawTokenServer server, ManualTimeProvider time)
    {
        // Longer than any wait that a failure may ask for.
        time.Advance(TimeSpan.FromHours(2));
        var before = server.Requests;

        var again = await services.GetRequiredKeyedService<ITokenRefresher>(Name).RefreshAsync().AsTask().WaitAsync(Guard);

        return server.Requests == before && again.Failure is { Reason: RefreshFailureReason.ReauthorizationRequired };
    }

    private static async Task<HostileOutcome> OutcomeAsync(
        RefreshResult result, ServiceProvider services, RawTokenServer server, RecordedLogs logs)
    {
        var store = services.GetKeyedService<ISecretStore>(Name) ?? services.GetRequiredService<ISecretStore>();
        var stored = await new TokenSetStore(store, services.GetRequiredService<TimeProvider>()).ReadAsync(new SecretKey("Production", Name) { Kind = SecretKind.TokenSet }, default);
        var odd = logs.Entries.LastOrDefault(entry => entry.EventId.Name == "AnswerOdd")?.Value("Warnings")?.ToString() ?? "";
        return new HostileOutcome
        {
            Failure = result.Failure,
            AccessToken = result.Token?.Reveal(),
            Lifetime = result.Token is { } token ? token.ExpiresAt - token.ObtainedAt : default,
            StoredRefreshToken = stored?.Set.RefreshToken?.Reveal(),
            Requests = server.Requests,
            Warnings = [.. odd.Split(", ", StringSplitOptions.RemoveEmptyEntries)],
        };
    }

    private static ServiceProvider Register(
        Uri endpoint, string? scope, ManualTimeProvider time, RecordedLogs logs, HeaderWatch headers)
    {
        var services = new ServiceCollection();
        services.AddSingleton<TimeProvider>(time);
        services.AddLogging(logging => logging.AddRecordedLogs(logs));
        services.AddTokenRefresh(Name, token =>
        {
            token.TokenEndpoint = endpoint.AbsoluteUri;
            token.Grant = TokenGrants.RefreshToken;
            token.Client.Id = "my-app";
            token.Client.Secret = "cs-s3cr3t";
            token.Resilience.Attempts = 1;
            token.Resilience.Timeout = Deadline;
            token.DangerousAllowHttpOnLoopback = true;
            token.Secret.Environment = "Production";
            token.Scope = scope;
        }).UseInMemoryStore();
        services.AddHttpClient($"tokenkit-{Name}").AddHttpMessageHandler(headers.NewHandler);
        return services.BuildServiceProvider(new ServiceProviderOptions { ValidateScopes = true });
    }
}
