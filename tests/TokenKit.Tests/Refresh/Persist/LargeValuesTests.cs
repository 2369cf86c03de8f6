using TokenKit.Testing;

namespace TokenKit.Tests;

/// <summary>An answer that holds more than a record takes costs no grant.</summary>
public sealed class LargeValuesTests
{
    [Fact]
    public async Task The_refresh_token_of_an_answer_with_too_large_values_is_salvaged()
    {
        var server = new FakeTokenEndpointOptions();
        server.AnswerMembers["profile"] = new string('x', 70_000);
        await using var host = TokenHost.WithRefreshToken(options => options.Response.Values.Add("profile", "body.profile"), server: server);

        var refused = await host.Refresher.RefreshAsync();
        await host.FlightEndedAsync();
        server.AnswerMembers.Clear();
        var accepted = await host.Refresher.RefreshAsync();

        refused.Failure!.Reason.Should().Be(RefreshFailureReason.TokenInvalid);
        refused.Failure.Message.Should().EndWith(
            "The values and the scope that the answer gave come to 70007 characters, and 65536 can be stored with a token. Select less in Response.Values.");
        accepted.Succeeded.Should().BeTrue("{0}", accepted);
        host.Endpoint.ReuseDetections.Should().Be(0);
    }
}
