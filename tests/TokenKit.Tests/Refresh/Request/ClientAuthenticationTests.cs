using System.Text;
using TokenKit.Definitions;
using TokenKit.Values;

namespace TokenKit.Tests;

public sealed class ClientAuthenticationTests
{
    private readonly RequestScene _scene = new();

    [Fact]
    public void Basic_form_encodes_id_and_secret_before_base64()
    {
        var message = Authenticate(ClientAuthenticationMethod.ClientSecretBasic, id: "id:with %+", secret: "s&c=r€t/");

        Decoded(message).Should().Be("id%3Awith+%25%2B:s%26c%3Dr%E2%82%ACt%2F");
    }

    [Fact]
    public void Raw_Basic_leaves_id_and_secret_as_they_are()
    {
        var message = Authenticate(ClientAuthenticationMethod.ClientSecretBasic, BasicEncoding.Raw, "my app", "s%c:r€t+");

        Decoded(message).Should().Be("my app:s%c:r€t+");
    }

    [Fact]
    public void Raw_Basic_refuses_an_id_with_a_colon()
    {
        var failure = Refuse(ClientAuthenticationMethod.ClientSecretBasic, BasicEncoding.Raw, "my:app", "secret");

        failure.Reason.Should().Be(RefreshFailureReason.RequestRejected);
        failure.Message.Should().Contain("colon");
    }

    [Fact]
    public async Task Basic_puts_nothing_into_the_body()
    {
        var message = Authenticate(ClientAuthenticationMethod.ClientSecretBasic);

        (await message.Content!.ReadAsStringAsync()).Should().Be("grant_type=client_credentials");
    }

    [Fact]
    public async Task Post_puts_id_and_secret_into_the_body_and_nothing_into_a_header()
    {
        var message = Authenticate(ClientAuthenticationMethod.ClientSecretPost, id: "my app", secret: "s&cr€t");

        (await message.Content!.ReadAsStringAsync()).Should().Be("grant_type=client_credentials&client_id=my+app&client_secret=s%26cr%E2%82%ACt");
        message.Headers.Authorization.Should().BeNull();
    }

    [Fact]
    public async Task None_sends_the_client_id_alone()
    {
        var message = Authenticate(ClientAuthenticationMethod.None);

        (await message.Content!.ReadAsStringAsync()).Should().Be("grant_type=client_credentials&client_id=my-app");
        message.Headers.Authorization.Should().BeNull();
    }

    [Fact]
    public async Task Off_adds_nothing()
    {
        var message = Authenticate(ClientAuthenticationMethod.Off);

        (await message.Content!.ReadAsStringAsync()).Should().Be("grant_type=client_credentials");
        message.Headers.Authorization.Should().BeNull();
    }

    [Fact]
    public async Task A_field_that_the_definition_spells_out_is_not_sent_twice()
    {
        _scene.Exchange = _scene.Exchange with { Body = RequestScene.Form(("client_id", "other-app"), ("grant_type", "x")) };

        var message = Authenticate(ClientAuthenticationMethod.ClientSecretPost);

        (await message.Content!.ReadAsStringAsync()).Should().Be("client_id=other-app&grant_type=x&client_secret=s3cr3t-client");
    }

    [Fact]
    public async Task An_empty_secret_is_left_out_of_the_body()
    {
        var message = Authenticate(ClientAuthenticationMethod.ClientSecretPost, secret: "");

        (await message.Content!.ReadAsStringAsync()).Should().Be("grant_type=client_credentials&client_id=my-app");
    }

    [Fact]
    public async Task Post_without_any_body_makes_one()
    {
        _scene.Exchange = _scene.Exchange with { Body = new BodyDefinition.None() };

        var message = Authenticate(ClientAuthenticationMethod.ClientSecretPost);

        (await message.Content!.ReadAsStringAsync()).Should().Be("client_id=my-app&client_secret=s3cr3t-client");
        message.Content.Headers.ContentType!.MediaType.Should().Be("application/x-www-form-urlencoded");
    }

    [Fact]
    public void Post_into_a_body_that_is_no_form_is_refused()
    {
        _scene.Exchange = _scene.Exchange with { Body = new BodyDefinition.Json(new TextDocument("{}")) };

        Refuse(ClientAuthenticationMethod.ClientSecretPost).Message.Should().Contain("ClientSecretPost needs a form");
    }

    [Fact]
    public void Only_one_authentication_may_be_sent()
    {
        _scene.Exchange = _scene.Exchange with { Headers = RequestScene.Fields(("authorization", "Key abc")) };

        Refuse(ClientAuthenticationMethod.ClientSecretBasic).Message.Should().Contain("both set Authorization");
    }

    [Fact]
    public void A_secret_that_nobody_has_is_named_with_the_places_it_was_looked_for()
    {
        _scene.Exchange = _scene.Exchange with
        {
            Client = new ClientDefinition { Id = TextTemplate.List("my-app"), Secret = TextTemplate.List("${secret.crm-client-secret}") },
        };

        var failure = Refuse(ClientAuthenticationMethod.ClientSecretBasic, secret: null);

        failure.Reason.Should().Be(RefreshFailureReason.SecretUnavailable);
        failure.Message.Should().Contain("'secret.crm-client-secret'").And.Contain("store").And.Contain("Secrets:crm-client-secret");
    }

    [Fact]
    public void A_client_without_an_id_is_refused()
    {
        var failure = Refuse(ClientAuthenticationMethod.None, id: "");

        failure.Reason.Should().Be(RefreshFailureReason.RequestRejected);
        failure.Message.Should().Contain("Client.Id");
    }

    [Fact]
    public void A_secret_that_is_no_whole_text_is_refused_rather_than_changed() =>
        Refuse(ClientAuthenticationMethod.ClientSecretBasic, secret: "abc\uD800").Message.Should().Contain("surrogate").And.NotContain("abc");

    private static string Decoded(HttpRequestMessage message)
    {
        var value = message.Headers.Authorization!.ToString();
        value.Should().StartWith("Basic ");
        return Encoding.UTF8.GetString(Convert.FromBase64String(value["Basic ".Length..]));
    }

    private HttpRequestMessage Authenticate(
        ClientAuthenticationMethod method, BasicEncoding encoding = BasicEncoding.Form, string id = "my-app", string? secret = "s3cr3t-client")
    {
        var result = Compose(method, encoding, id, secret);
        result.Succeeded.Should().BeTrue(result.Failure?.Message);
        return result.Value!;
    }

    private RefreshFailure Refuse(
        ClientAuthenticationMethod method, BasicEncoding encoding = BasicEncoding.Form, string id = "my-app", string? secret = "s3cr3t-client")
    {
        var result = Compose(method, encoding, id, secret);
        result.Succeeded.Should().BeFalse();
        return result.Failure!;
    }

    private StepResult<HttpRequestMessage> Compose(ClientAuthenticationMethod method, BasicEncoding encoding, string id, string? secret)
    {
        _scene.Exchange = _scene.Exchange with { Authentication = method, BasicEncoding = encoding };
        return _scene.Compose(_scene.Work().Values with { ClientId = id, ClientSecret = secret });
    }
}
