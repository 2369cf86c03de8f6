using System.Collections.Concurrent;
using Google.Apis.Auth.OAuth2;
using Google.Apis.Auth.OAuth2.Flows;
using Google.Apis.Auth.OAuth2.Responses;
using Google.Apis.Http;
using Google.Apis.Util;

namespace TokenKit.Benchmarks;

/// <summary>
/// Google's <see cref="UserCredential"/> on the client that its factory makes. It renews in the background from 225 s before
/// expiry and gives a token up 60 s before.
/// </summary>
internal sealed class GoogleSubject : Subject
{
    private const int RenewsBefore = 225;
    private const int GivesUpBefore = 60;

    private readonly UserCredential _credential;
    private readonly AuthorizationCodeFlow _flow;
    private readonly ConcurrentDictionary<string, UserCredential> _byKey = new(StringComparer.Ordinal);

    public GoogleSubject(SubjectSetting setting)
        : base(setting)
    {
        // Its two instants lie 165 s apart. What is measured decides which of them has to fit.
        setting.Endpoint.ExpiresIn = setting.Seconds.Hard - setting.Seconds.Due > 0
            ? setting.Seconds.Due + RenewsBefore
            : setting.Seconds.Hard + GivesUpBefore;
        _flow = new(new AuthorizationCodeFlow.Initializer(StubTokenEndpoint.Address.AbsoluteUri, StubTokenEndpoint.Address.AbsoluteUri)
        {
            ClientSecrets = new() { ClientId = "bench", ClientSecret = "bench-secret" },
            HttpClientFactory = new FactoryOver(setting.Endpoint),
            Clock = new Clock(setting.Time),
        });
        _credential = NewCredential("user");
        Client = new FactoryOver(setting.Network()).CreateHttpClient(new() { ApplicationName = "bench", Initializers = { _credential } });
        Client.Timeout = Timeout.InfiniteTimeSpan;
    }

    public override bool HasKeys => true;

    protected override HttpClient Client { get; }

    public override async Task GetAsync(int times)
    {
        for (var call = 0; call < times; call++)
        {
            await _credential.GetAccessTokenForRequestAsync();
        }
    }

    public override ValueTask<string> GetAsync(string key) =>
        new(_byKey.GetOrAdd(key, NewCredential).GetAccessTokenForRequestAsync());

    public override void Dispose()
    {
        base.Dispose();
        _flow.Dispose();
    }

    private UserCredential NewCredential(string user) => new(_flow, user, new TokenResponse { RefreshToken = "refresh" });

    private sealed class FactoryOver(HttpMessageHandler primary) : Google.Apis.Http.HttpClientFactory
    {
        protected override HttpMessageHandler CreateHandler(CreateHttpClientArgs args) => primary;
    }

    private sealed class Clock(TimeProvider time) : IClock
    {
        public DateTime Now => time.GetLocalNow().DateTime;

        public DateTime UtcNow => time.GetUtcNow().UtcDateTime;
    }
}
