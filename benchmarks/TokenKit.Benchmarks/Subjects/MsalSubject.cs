using System.Net.Http.Headers;
using Microsoft.Identity.Client;

namespace TokenKit.Benchmarks;

/// <summary>
/// MSAL.NET with client credentials in the handler that its documentation suggests: <c>AcquireTokenForClient</c> before each
/// call. It gives up a token five minutes before it expires and renews in the background by the server's <c>refresh_in</c>.
/// </summary>
internal sealed class MsalSubject : Subject
{
    private const int GivesUpBefore = 300;

    private static readonly string[] Scopes = ["https://api.bench.test/.default"];

    private readonly IConfidentialClientApplication _application;
    private readonly HttpClient _endpoint;

    public MsalSubject(SubjectSetting setting)
        : base(setting)
    {
        setting.Endpoint.ExpiresIn = setting.Seconds.Hard + GivesUpBefore;
        _endpoint = new(setting.Endpoint, disposeHandler: false);
        setting.Endpoint.RefreshIn = setting.Seconds.Due;
        _application = ConfidentialClientApplicationBuilder.Create("bench")
            .WithClientSecret("bench-secret")
            .WithAuthority("https://login.bench.test/tenant/", validateAuthority: false)
            .WithInstanceDiscovery(false)
            .WithHttpClientFactory(new EndpointClient(_endpoint))
            .Build();
        Client = ClientOver(new Handler(_application) { InnerHandler = setting.Network() });
    }

    public override bool ReactsToRejection => false;

    protected override HttpClient Client { get; }

    public override async Task GetAsync(int times)
    {
        for (var call = 0; call < times; call++)
        {
            await _application.AcquireTokenForClient(Scopes).ExecuteAsync();
        }
    }

    public override void Dispose()
    {
        base.Dispose();
        _endpoint.Dispose();
    }

    private sealed class EndpointClient(HttpClient endpoint) : IMsalHttpClientFactory
    {
        public HttpClient GetHttpClient() => endpoint;
    }

    private sealed class Handler(IConfidentialClientApplication application) : DelegatingHandler
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var result = await application.AcquireTokenForClient(Scopes).ExecuteAsync(cancellationToken);
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", result.AccessToken);
            return await base.SendAsync(request, cancellationToken);
        }
    }
}
