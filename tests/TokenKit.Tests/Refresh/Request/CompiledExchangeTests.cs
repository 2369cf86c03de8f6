using System.Text;
using TokenKit.Definitions;
using TokenKit.Definitions.Compilation;
using TokenKit.Testing;

namespace TokenKit.Tests;

/// <summary>The step with definitions as they are compiled, against a token endpoint that behaves.</summary>
public sealed class CompiledExchangeTests
{
    private readonly FakeTokenEndpoint _endpoint = new();
    private readonly RequestScene _scene = new();
    private readonly TokenRefreshOptions _options = new()
    {
        TokenEndpoint = "https://login.tokenkit.test/oauth/token",
        Client = { Id = "odd:app +%", Secret = "${secret.crm-client-secret}" },
    };

    public CompiledExchangeTests()
    {
        _endpoint.AddClient("odd:app +%", "s3cr3t&=€");
        _scene.Secrets.Values["crm-client-secret"] = "s3cr3t&=€";
        _scene.Handler = _endpoint.CreateHandler();
    }

    [Theory]
    [InlineData("client_secret_basic")]
    [InlineData("client_secret_post")]
    public async Task Client_credentials_with_reserved_characters_are_accepted(string authentication)
    {
        _options.Grant = TokenGrants.ClientCredentials;
        _options.Authentication = authentication;
        _scene.Exchange = Compile().Request!;

        var answer = (await _scene.SendAsync()).Value!.Answer;

        answer.StatusCode.Should().Be(200, Encoding.UTF8.GetString(answer.Body.Span));
        Encoding.UTF8.GetString(answer.Body.Span).Should().Contain("access-1");
    }

    [Fact]
    public async Task A_refresh_token_whose_answer_was_lost_is_sent_once()
    {
        SendRefreshToken();
        _endpoint.DropAfter();

        var failure = (await _scene.SendAsync()).Failure!;

        failure.IsAmbiguous.Should().BeTrue();
        _endpoint.TokenRequests.Should().Be(1);
        _endpoint.ReuseDetections.Should().Be(0);
    }

    [Fact]
    public async Task A_refused_connection_costs_a_refresh_token_nothing()
    {
        SendRefreshToken();
        _endpoint.RefuseConnections(2);

        var received = (await _scene.SendAsync()).Value!;

        received.Answer.StatusCode.Should().Be(200);
        received.RequestsSent.Should().Be(3);
        _endpoint.Rotations.Should().Be(1);
    }

    [Fact]
    public async Task A_client_secret_that_nobody_has_is_named_and_nothing_is_sent()
    {
        _scene.Secrets.Values.Clear();
        _options.Grant = TokenGrants.ClientCredentials;
        _scene.Exchange = Compile().Request!;

        var failure = (await _scene.SendAsync()).Failure!;

        failure.Reason.Should().Be(RefreshFailureReason.SecretUnavailable);
        failure.Message.Should().Contain("'secret.crm-client-secret'");
        _endpoint.TokenRequests.Should().Be(0);
    }

    [Fact]
    public async Task A_refresh_with_nothing_stored_asks_for_new_consent_and_nothing_is_sent()
    {
        SendRefreshToken();
        _scene.Stored = null;

        (await _scene.SendAsync()).Failure!.Reason.Should().Be(RefreshFailureReason.ReauthorizationRequired);

        _endpoint.TokenRequests.Should().Be(0);
    }

    private void SendRefreshToken()
    {
        _options.Grant = TokenGrants.RefreshToken;
        _scene.Exchange = Compile().RefreshRequest!;
        _scene.Stored = new TokenSet { RefreshToken = new SecretText(_endpoint.IssueRefreshToken("odd:app +%")) };
    }

    private TokenDefinition Compile()
    {
        var compilation = DefinitionCompiler.Compile("crm", _options);
        compilation.Faults.Should().BeEmpty();
        return compilation.Definition!;
    }
}
