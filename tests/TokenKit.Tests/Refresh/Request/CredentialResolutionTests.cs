using TokenKit.Definitions;
using TokenKit.Language.Expressions;
using TokenKit.Refresh.Request;
using TokenKit.Storage;
using TokenKit.Values;

namespace TokenKit.Tests;

public sealed class CredentialResolutionTests
{
    private readonly RequestScene _scene = new();

    public CredentialResolutionTests() => _scene.Exchange = _scene.Exchange with
    {
        References = [new("secret", "api-password"), new("param", "host"), new("secret", "api-password"), new("secret", "optional")],
        Client = new ClientDefinition
        {
            Id = TextTemplate.List("app-${subject}"),
            Secret = TextTemplate.List("${secret.first-secret}", "${secret.second-secret}"),
        },
    };

    [Fact]
    public async Task Every_secret_is_asked_for_once_for_the_subject()
    {
        _scene.Subject = "acme";

        await ResolveAsync();

        _scene.Secrets.Asked.Should().Equal(
            ("api-password", "acme"), ("optional", "acme"), ("first-secret", "acme"), ("second-secret", "acme"));
    }

    [Fact]
    public async Task Client_id_and_secret_are_rendered_from_the_first_alternative_that_resolves()
    {
        _scene.Subject = "acme";
        _scene.Secrets.Values["second-secret"] = "s3cr3t";

        var values = (await ResolveAsync()).Value!;

        values.ClientId.Should().Be("app-acme");
        values.ClientSecret.Should().Be("s3cr3t");
    }

    [Fact]
    public async Task A_secret_that_nobody_has_is_left_without_a_value()
    {
        _scene.Secrets.Values["api-password"] = "pw";

        var values = (await ResolveAsync()).Value!;

        values.Secrets.Should().ContainSingle().Which.Value.Should().Be("pw");
        values.ClientId.Should().BeNull();
        values.ClientSecret.Should().BeNull();
    }

    [Fact]
    public async Task A_damaged_secret_is_the_stores_failure_and_nothing_is_sent()
    {
        var damage = new SecretDamagedException("cut");
        _scene.Secrets.Before = _ => throw damage;

        var failure = (await _scene.SendAsync()).Failure!;

        failure.Reason.Should().Be(RefreshFailureReason.StoreUnavailable);
        failure.Message.Should().Contain("'api-password'").And.Contain("Repair");
        failure.Exception.Should().BeSameAs(damage);
        failure.IsAmbiguous.Should().BeFalse();
        _scene.Endpoint.Requests.Should().BeEmpty();
    }

    [Fact]
    public async Task A_store_that_fails_is_the_stores_failure_and_nothing_is_sent()
    {
        _scene.Secrets.Before = _ => throw new IOException("disk");

        var failure = (await _scene.SendAsync()).Failure!;

        failure.Reason.Should().Be(RefreshFailureReason.StoreUnavailable);
        failure.Message.Should().Contain("'api-password'").And.Contain("IOException");
        _scene.Endpoint.Requests.Should().BeEmpty();
    }

    [Fact]
    public async Task A_store_that_hangs_is_given_up_at_the_deadline()
    {
        _scene.Secrets.Before = cancellation => Task.Delay(Timeout.Infinite, cancellation);

        var sending = _scene.SendAsync();
        await _scene.Clock.WaitForTimersAsync();
        _scene.Clock.Advance(_scene.Timeout);
        var failure = (await sending.Within("the deadline ends the wait for the store")).Failure!;

        failure.Reason.Should().Be(RefreshFailureReason.StoreUnavailable);
        failure.Message.Should().Contain("deadline");
        failure.IsAmbiguous.Should().BeFalse();
        _scene.Endpoint.Requests.Should().BeEmpty();
    }

    private Task<StepResult<EvaluationContext>> ResolveAsync() => new CredentialResolution(new ReferencedSecrets(_scene.Secrets), new OutsideValues(OutsideSources.None)).ResolveAsync(_scene.Work()).AsTask();
}
