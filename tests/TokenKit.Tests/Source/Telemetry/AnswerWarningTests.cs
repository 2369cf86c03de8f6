using System.Net;
using Microsoft.Extensions.DependencyInjection;
using TokenKit.Testing;

namespace TokenKit.Tests;

public sealed class AnswerWarningTests
{
    [Fact]
    public async Task Each_warning_about_answers_is_written_once_for_a_registration_with_what_to_do()
    {
        using var logs = new RecordedLogs();
        await using var host = TokenHost.WithClientCredentials(services: services => services.AddLogging(logging => logging.AddRecordedLogs(logs)));

        await RefreshAsync(host, """{"access_token":"access-1","expires_in":"soon"}""");
        await RefreshAsync(host, """{"access_token":"access-2","expires_in":"soon"}""");
        await RefreshAsync(host, """{"access_token":"access-3","expires_in":3600,"refresh_token":"r\u0007t"}""");
        await RefreshAsync(host, """{"access_token":"access-4","expires_in":3600,"refresh_token":"r\u0007t"}""");

        logs.Of(1204).Select(entry => entry.Value("Warnings")).Should().Equal("expires_in_unreadable, token_type_missing", "refresh_token_invalid");
        logs.Of(1204)[0].Message.Should().Contain("Response.TokenType").And.Contain("Response.ExpiresIn");
        logs.Of(1204)[1].Message.Should().Contain("was thrown away").And.Contain("Response.RefreshToken");
    }

    [Fact]
    public async Task Subjects_of_a_registration_share_the_one_warning()
    {
        using var logs = new RecordedLogs();
        await using var host = TokenHost.WithClientCredentials(services: services => services.AddLogging(logging => logging.AddRecordedLogs(logs)));

        foreach (var subject in (string[])["north", "south", ""])
        {
            host.Endpoint.FailNext(HttpStatusCode.OK, """{"access_token":"access-1","token_type":"Bearer","expires_in":"soon"}""");
            (await host.Refresher.RefreshAsync(subject)).Succeeded.Should().BeTrue();
        }

        logs.Of(1204).Should().ContainSingle().Which.Value("Warnings").Should().Be("expires_in_unreadable");
    }

    [Fact]
    public async Task A_hint_when_to_renew_that_cannot_be_read_is_warned_about_once_and_changes_nothing()
    {
        using var logs = new RecordedLogs();
        await using var host = TokenHost.WithClientCredentials(
            token => token.Response.RefreshIn = "body.refresh_in", services: services => services.AddLogging(logging => logging.AddRecordedLogs(logs)));

        await RefreshAsync(host, """{"access_token":"access-1","token_type":"Bearer","expires_in":3600,"refresh_in":"soon"}""");
        await RefreshAsync(host, """{"access_token":"access-2","token_type":"Bearer","expires_in":3600,"refresh_in":"soon"}""");

        logs.Of(1204).Should().ContainSingle().Which.Message.Should().Contain("Response.RefreshIn");
    }

    private static async Task RefreshAsync(TokenHost host, string answer)
    {
        host.Endpoint.FailNext(HttpStatusCode.OK, answer);
        (await host.Refresher.RefreshAsync()).Succeeded.Should().BeTrue();
        await host.FlightEndedAsync();
        host.Time.Advance(TimeSpan.FromMinutes(1));
    }
}
