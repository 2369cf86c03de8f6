using System.Net;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using TokenKit.Testing;

namespace TokenKit.Tests;

/// <summary>What is said about a token that is over when it comes, and of lifetimes that are none.</summary>
public class LifetimeWarningTests
{
    public static TheoryData<string, string, int, string> Odd => new()
    {
        { "\"expires_in\":0", "", 1270, "Response:Lifetime" },
        { "\"expires_in\":-1", "", 1270, "Response:Lifetime" },
        { "\"until\":\"2001-01-01T00:00:00Z\"", "body.until", 1271, "Response:IssuedAt" },
        { "\"expires_in\":1798761600", "", 1272, "\"ExpiresAt\": \"body.expires_in\"" },
        { "\"until\":1798761600000000", "body.until", 1273, "microseconds" },
    };

    [Theory]
    [MemberData(nameof(Odd))]
    public async Task A_lifetime_that_cannot_be_meant_is_warned_about_once_with_the_key_that_helps(string member, string until, int id, string says)
    {
        var logs = new RecordedLogs();
        await using var services = With($$"""{"access_token":"at-1","token_type":"Bearer",{{member}}}""", until, logs);

        for (var call = 0; call < 3; call++)
        {
            (await services.GetTokenSource("crm").GetTokenAsync(new TokenDemand { Force = true })).Reveal().Should().Be("at-1");
        }

        logs.Entries.Where(static log => log.Level >= LogLevel.Warning).Should().ContainSingle()
            .Which.Should().Match<RecordedLog>(log => log.EventId.Id == id && log.Message.Contains(says, StringComparison.Ordinal));
    }

    private static ServiceProvider With(string answer, string until, RecordedLogs logs)
    {
        var services = new ServiceCollection();
        services.AddSingleton<TimeProvider>(new ManualTimeProvider());
        services.AddLogging(logging => logging.AddRecordedLogs(logs));
        services.AddTokenRefresh("crm", token =>
        {
            token.TokenEndpoint = "https://login.example.com/token";
            token.Grant = TokenGrants.ClientCredentials;
            token.Client.Id = "my-app";
            token.Client.Secret = "s";
            token.Response.ExpiresAt = until.Length == 0 ? null : until;
        }).UseInMemoryStore();
        services.AddHttpClient("tokenkit-crm").ConfigurePrimaryHttpMessageHandler(() => new Server(answer));
        return services.BuildServiceProvider();
    }

    private sealed class Server(string answer) : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
            Task.FromResult(new HttpResponseMessage(HttpStatusCode.OK) { Content = new StringContent(answer, Encoding.UTF8, "application/json") });
    }
}
