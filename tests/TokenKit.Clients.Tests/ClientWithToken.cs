using System.Collections.Concurrent;
using System.Net;
using Microsoft.Extensions.DependencyInjection;
using TokenKit.Testing;

namespace TokenKit.Clients.Tests;

/// <summary>A client of the factory with a token, over an API that refuses the first token it is given.</summary>
internal sealed class ClientWithToken : IAsyncDisposable
{
    private readonly ServiceProvider _services;

    /// <param name="accepted">Answers what carries a newer token.</param>
    /// <param name="refusal">Answers the first call; by a 401 without it.</param>
    public ClientWithToken(Func<HttpRequestMessage, HttpResponseMessage>? accepted = null, Func<HttpResponseMessage>? refusal = null)
    {
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddTokenRefresh("crm", token =>
        {
            token.TokenEndpoint = Endpoint.Address.AbsoluteUri;
            token.Grant = TokenGrants.ClientCredentials;
            token.Client.Id = FakeTokenEndpoint.DefaultClientId;
            token.Client.Secret = FakeTokenEndpoint.DefaultClientSecret;
            token.Freshness.MinimumRefreshInterval = TimeSpan.Zero;
        });
        services.UseFakeTokenEndpoint("crm", Endpoint);
        services.AddHttpClient("crm", http => http.BaseAddress = new("https://api.example.com")).AddTokenRefreshHandler("crm")
            .ConfigurePrimaryHttpMessageHandler(() => new Api(
                this,
                accepted ?? (static _ => new HttpResponseMessage { Content = new StringContent("{}") }),
                refusal ?? (static () => new HttpResponseMessage(HttpStatusCode.Unauthorized))));
        _services = services.BuildServiceProvider();
    }

    public FakeTokenEndpoint Endpoint { get; } = new();

    /// <summary>What reached the API: where it went, and its body.</summary>
    public ConcurrentQueue<(string Url, string? Token, string Body)> Sent { get; } = [];

    public HttpClient Http => _services.GetRequiredService<IHttpClientFactory>().CreateClient("crm");

    public ValueTask DisposeAsync() => _services.DisposeAsync();

    /// <summary>Asserts that the call was sent again, whole, with a newer token.</summary>
    public void WasSentTwiceAlike()
    {
        var sent = Sent.ToArray();
        sent.Should().HaveCount(2);
        sent[0].Body.Should().NotBeEmpty();
        sent[1].Body.Should().Be(sent[0].Body);
        sent[1].Token.Should().NotBe(sent[0].Token);
    }

    private sealed class Api(
        ClientWithToken owner, Func<HttpRequestMessage, HttpResponseMessage> accepted, Func<HttpResponseMessage> refusal) : HttpMessageHandler
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            // As a socket would take it: once, by copying. To read it as text would buffer it.
            var body = new MemoryStream();
            if (request.Content is not null)
            {
                await request.Content.CopyToAsync(body, cancellationToken);
            }

            var token = request.Headers.Authorization?.Parameter;
            var isFirst = owner.Sent.IsEmpty;
            owner.Sent.Enqueue((request.RequestUri!.AbsoluteUri, token, Convert.ToHexString(body.ToArray())));
            var response = isFirst ? refusal() : accepted(request);
            response.RequestMessage = request;
            response.Version = request.Version;
            return response;
        }
    }
}
