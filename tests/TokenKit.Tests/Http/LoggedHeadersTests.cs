using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using TokenKit.Definitions;
using TokenKit.Http;
using TokenKit.Testing;

namespace TokenKit.Tests;

public sealed class LoggedHeadersTests
{
    private const string Secret = "access-1";

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task At_trace_the_clients_own_logs_hold_no_token_in_text_values_and_scopes(bool anotherFilterWasThereBefore)
    {
        await using var api = new RawApi(_ => "HTTP/1.1 200 OK\r\nX-Session: access-1\r\nX-Plain: seen");
        var logs = new RecordedLogs();
        await using var services = Register(api, logs, collection =>
        {
            if (anotherFilterWasThereBefore)
            {
                collection.AddHttpClient("other");
            }
        });

        using var response = await services.GetRequiredService<IHttpClientFactory>().CreateClient("api").GetAsync("orders");

        api.Heads.Single().Should().Contain("Authorization: Bearer access-1").And.Contain("X-Session: access-1").And.Contain("key=access-1");
        var headers = logs.Entries.Where(entry => entry.Level == LogLevel.Trace).ToList();
        headers.Select(entry => entry.Category.Split('.')[^1] + " " + entry.EventId.Name).Should().Equal(
            "LogicalHandler RequestPipelineRequestHeader", "ClientHandler RequestHeader", "ClientHandler ResponseHeader", "LogicalHandler RequestPipelineResponseHeader");
        headers[1].Value("Authorization").Should().Be("*");
        headers[2].Value("X-Session").Should().Be("*");
        new SecretLeakScan().Add("access token", Secret).In(logs).Should().BeEmpty();
    }

    [Fact]
    public async Task What_is_not_redacted_is_logged_as_before()
    {
        await using var api = new RawApi(_ => "HTTP/1.1 200 OK\r\nX-Plain: seen");
        var logs = new RecordedLogs();
        await using var services = Register(api, logs, _ => { });

        using var response = await services.GetRequiredService<IHttpClientFactory>().CreateClient("api").GetAsync("orders");

        var answer = logs.Entries.Single(entry => entry is { Level: LogLevel.Trace, EventId.Name: "ResponseHeader" });

        // A list of values in 10.0 of the platform, a text in 11.0.
        var value = answer.Value("X-Plain");
        (value is IEnumerable<string> list ? string.Join(", ", list) : value).Should().Be("seen");
        answer.Message.Should().Contain("X-Plain: seen");
    }

    [Fact]
    public void A_state_of_an_unknown_shape_passes_its_text_and_no_values()
    {
        var logs = new RecordedLogs();
        var logger = new RedactingHeaderLogger(logs.CreateLogger("any"), _ => true);

        logger.Log(LogLevel.Trace, new EventId(1), Secret, null, (_, _) => "redacted text");

        var entry = logs.Entries.Single();
        entry.Message.Should().Be("redacted text");
        entry.Values.Should().BeEmpty();
    }

    private static ServiceProvider Register(RawApi api, RecordedLogs logs, Action<IServiceCollection> before)
    {
        var definition = HandlerFixture.Define(HandlerFixture.Bearer with
        {
            Headers = [FixedTemplate.Field("Authorization", "Bearer ${token.access}"), FixedTemplate.Field("X-Session", "${token.access}")],
            Query = [FixedTemplate.Field("key", "${token.access}")],
        }) with
        {
            DangerousAllowHttpOnLoopback = true,
        };
        var collection = new ServiceCollection();
        before(collection);
        collection.AddLogging(logging => logging.AddRecordedLogs(logs));
        collection.AddKeyedSingleton<ITokenSource>("crm", new FakeTokenSource(definition));
        collection.AddKeyedSingleton<IDefinitionSource>("crm", new SettableDefinitionSource(definition));
        collection.AddHttpClient("api", client => client.BaseAddress = new(api.Url))
            .RedactLoggedHeaders(["X-Mine"])
            .AddTokenRefreshHandler("crm");
        return collection.BuildServiceProvider();
    }
}
