using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Azure.Core;
using Azure.Core.Pipeline;
using AzureToken = Azure.Core.AccessToken;
using AzureTokenContext = Azure.Core.TokenRequestContext;

namespace TokenKit.Benchmarks;

/// <summary>
/// Azure.Core's bearer policy in a pipeline of its own, with a credential that asks the stub endpoint each time: the policy
/// is what keeps the token. Its calls are compared with the same pipeline without the policy.
/// </summary>
internal sealed class AzureSubject : Subject
{
    private readonly HttpPipeline _pipeline;
    private readonly HttpClientTransport _transport;
    private readonly HttpClient _endpoint;
    private readonly Uri _address;

    public AzureSubject(SubjectSetting setting, bool placesToken)
        : base(setting)
    {
        setting.Endpoint.ExpiresIn = setting.Seconds.Hard;
        _endpoint = new(setting.Endpoint, disposeHandler: false);
        _transport = new(setting.Network());

        // The policy refuses http. For the loopback socket it is given https, and a policy behind it takes that back.
        _address = new UriBuilder(setting.Address) { Scheme = Uri.UriSchemeHttps }.Uri;
        List<HttpPipelinePolicy> policies = [];
        if (placesToken)
        {
            policies.Add(new BearerTokenAuthenticationPolicy(new EndpointCredential(setting, _endpoint), "https://api.bench.test/.default"));
        }

        if (setting.IsLoopback)
        {
            policies.Add(new PlainHttp());
        }

        _pipeline = new(_transport, [.. policies]);
    }

    public override bool HasGet => false;

    public override bool ReactsToRejection => false;

    protected override HttpClient? Client => null;

    public override Task GetAsync(int times) => throw new NotSupportedException();

    public override async Task<HttpStatusCode> CallAsync()
    {
        using var message = _pipeline.CreateMessage();
        message.Request.Method = RequestMethod.Get;
        message.Request.Uri.Reset(_address);
        await _pipeline.SendAsync(message, CancellationToken.None);
        return (HttpStatusCode)message.Response.Status;
    }

    public override async Task CallAsync(int times)
    {
        for (var call = 0; call < times; call++)
        {
            await CallAsync();
        }
    }

    public override void Dispose()
    {
        base.Dispose();
        _transport.Dispose();
        _endpoint.Dispose();
    }

    private sealed class EndpointCredential(SubjectSetting setting, HttpClient endpoint) : TokenCredential
    {
        public override async ValueTask<AzureToken> GetTokenAsync(
            AzureTokenContext requestContext, CancellationToken cancellationToken)
        {
            var now = DateTimeOffset.UtcNow;
            using var form = new FormUrlEncodedContent([new("grant_type", "client_credentials")]);
            using var response = await endpoint.PostAsync(StubTokenEndpoint.Address, form, cancellationToken);
            response.EnsureSuccessStatusCode();
            var answer = await response.Content.ReadFromJsonAsync<JsonElement>(cancellationToken);
            return new(
                answer.GetProperty("access_token").GetString()!,
                now.AddSeconds(setting.Seconds.Hard),
                now.AddSeconds(setting.Seconds.Due));
        }

        public override AzureToken GetToken(AzureTokenContext requestContext, CancellationToken cancellationToken) =>
            throw new NotSupportedException();
    }

    private sealed class PlainHttp : HttpPipelineSynchronousPolicy
    {
        public override void OnSendingRequest(HttpMessage message) => message.Request.Uri.Scheme = Uri.UriSchemeHttp;
    }
}
