using System.Collections.Immutable;
using System.Text;
using Microsoft.Extensions.DependencyInjection;

namespace TokenKit.Tests;

/// <summary>The code of docs/definitions.md, executed.</summary>
public sealed class DefinitionsPageExamples
{
    [Fact]
    public async Task A_requester_gets_the_answer_in_place_of_the_definition()
    {
        var services = new ServiceCollection();
        services.AddSingleton<Vault>();

        // begin-snippet: definitions-requester-registration
        services.AddTokenRefresh("crm", token => token.Response.AccessToken = "body.ticket");
        services.AddKeyedSingleton<ITokenRequester, VaultRequester>("crm");
        // end-snippet

        await using var provider = services.BuildServiceProvider();
        (await provider.GetTokenSource("crm").GetTokenAsync()).Reveal().Should().Be("ticket-1");
    }

    [Fact]
    public async Task An_assertion_source_makes_what_no_template_can()
    {
        var endpoint = new RecordingEndpoint();
        var services = new ServiceCollection();
        services.AddSingleton<SecurityModule>();

        // begin-snippet: definitions-assertion-source-registration
        services.AddTokenRefresh("crm", token =>
        {
            token.TokenEndpoint = "https://login.example.com/token";
            token.Grant = TokenGrants.JwtBearer;
            token.Assertion = "${assertion.module}";
        });
        services.AddKeyedSingleton<IAssertionSource, ModuleAssertions>("module");
        // end-snippet

        services.AddHttpClient("tokenkit-crm").ConfigurePrimaryHttpMessageHandler(() => endpoint);
        await using var provider = services.BuildServiceProvider();
        await provider.GetTokenSource("crm").GetTokenAsync();
        endpoint.Body.Should().EndWith("assertion=signed-for-crm");
    }

    // begin-snippet: definitions-requester
    public sealed class VaultRequester(Vault vault) : ITokenRequester
    {
        public async ValueTask<TokenAnswer> RequestAsync(TokenRequesterContext context, CancellationToken cancellationToken)
        {
            // An HttpRequestException or a TimeoutException of the vault is tried again, anything else is not.
            var json = await vault.ReadTicketAsync(context.Key.Subject, cancellationToken);
            return new TokenAnswer(200, ImmutableDictionary<string, IReadOnlyList<string>>.Empty, Encoding.UTF8.GetBytes(json));
        }
    }
    // end-snippet

    // begin-snippet: definitions-assertion-source
    public sealed class ModuleAssertions(SecurityModule module) : IAssertionSource
    {
        public async ValueTask<string> GetAssertionAsync(AssertionContext context, CancellationToken cancellationToken) =>
            await module.SignAsync(context.Key.Name, cancellationToken);
    }
    // end-snippet

    public sealed class Vault
    {
        [System.Diagnostics.CodeAnalysis.SuppressMessage("Performance", "CA1822", Justification = "It stands for a client of a vault.")]
        public Task<string> ReadTicketAsync(string subject, CancellationToken cancellationToken) =>
            Task.FromResult($$"""{"ticket":"ticket-1","for":"{{subject}}"}""");
    }

    public sealed class SecurityModule
    {
        [System.Diagnostics.CodeAnalysis.SuppressMessage("Performance", "CA1822", Justification = "It stands for a security module.")]
        public Task<string> SignAsync(string name, CancellationToken cancellationToken) => Task.FromResult($"signed-for-{name}");
    }

    private sealed class RecordingEndpoint : HttpMessageHandler
    {
        public string? Body { get; private set; }

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Body = await request.Content!.ReadAsStringAsync(cancellationToken);
            return new() { Content = new StringContent("""{"access_token":"t-1","token_type":"Bearer"}""", Encoding.UTF8, "application/json") };
        }
    }
}
