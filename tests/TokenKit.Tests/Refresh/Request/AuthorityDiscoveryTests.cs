using TokenKit.Definitions;

namespace TokenKit.Tests;

/// <summary>What is said when the metadata of an authority cannot be used: never that it was the token endpoint.</summary>
public sealed class AuthorityDiscoveryTests
{
    private const string Name = "the request (Request)";

    private readonly RequestScene _scene = new() { Attempts = 1 };

    public AuthorityDiscoveryTests() => _scene.Exchange = _scene.Exchange with
    {
        Url = [],
        Authority = TextTemplate.List("https://login.example.com"),
        Grant = SentGrant.Program,
    };

    [Fact]
    public async Task Metadata_that_hang_were_asked_for_and_did_not_come_and_no_credentials_were_sent()
    {
        var asked = new TaskCompletionSource();
        _scene.Endpoint.Then(async cancelled =>
        {
            asked.SetResult();
            await Task.Delay(Timeout.Infinite, cancelled);
            return FakeEndpoint.Answer(200, "{}");
        });

        var sending = _scene.SendAsync();
        await asked.Task;
        _scene.Clock.Advance(_scene.Timeout + TimeSpan.FromSeconds(1));

        ShouldSay((await sending).Failure!, RefreshFailureReason.TimedOut, "no complete answer came before the deadline");
    }

    [Fact]
    public async Task Metadata_without_end_are_not_called_the_token_endpoints_answer()
    {
        _scene.Endpoint.Then(200, new string(' ', (1024 * 1024) + 1));

        ShouldSay((await _scene.SendAsync()).Failure!, RefreshFailureReason.AnswerRefused, "larger than 1 MiB");
    }

    [Fact]
    public async Task Metadata_that_are_a_redirect_are_not_called_the_token_endpoints_answer()
    {
        _scene.Endpoint.Then(302, "", ("Location", "https://elsewhere.example"));

        ShouldSay((await _scene.SendAsync()).Failure!, RefreshFailureReason.AnswerRefused, "is a redirect (status 302)");
    }

    [Fact]
    public async Task Metadata_that_name_a_host_which_is_none_are_refused()
    {
        _scene.Endpoint.Then(200, """{"issuer":"https://login.example.com","token_endpoint":"https://xn--é/token"}""");

        ShouldSay((await _scene.SendAsync()).Failure!, RefreshFailureReason.AnswerRefused, "on another origin, https://xn--é");
    }

    [Fact]
    public async Task Metadata_that_are_no_JSON_are_not_said_to_name_another_issuer()
    {
        _scene.Endpoint.Then(200, "<html>Welcome</html>");

        var failure = (await _scene.SendAsync()).Failure!;

        ShouldSay(failure, RefreshFailureReason.AnswerRefused, "could not be read");
        failure.Message.Should().NotContain("issuer").And.NotContain("Welcome");
    }

    [Fact]
    public async Task Metadata_that_are_throttled_say_for_how_long()
    {
        _scene.Endpoint.Then(429, "", ("Retry-After", "25"));

        var failure = (await _scene.SendAsync()).Failure!;

        ShouldSay(failure, RefreshFailureReason.Throttled, "in 25 s");
        failure.RetryAfter.Should().Be(TimeSpan.FromSeconds(25));
    }

    private static void ShouldSay(RefreshFailure failure, RefreshFailureReason reason, string said)
    {
        failure.Reason.Should().Be(reason);
        failure.Message.Should().Contain("metadata of Authority").And.Contain(said).And.Contain("No credentials were sent").And.NotContain("token endpoint's answer");
        failure.Message.Should().Contain(Name);
        failure.IsAmbiguous.Should().BeFalse();
    }
}
