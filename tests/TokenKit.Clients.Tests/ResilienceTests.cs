using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Http.Resilience;
using TokenKit.Testing;

namespace TokenKit.Clients.Tests;

/// <summary>The platform's resilience around the token handler.</summary>
public sealed class ResilienceTests
{
    [Fact]
    public async Task With_the_predicate_of_the_page_a_transient_failure_to_get_a_token_is_retried_and_another_is_not()
    {
        await using var transient = new Program();
        transient.Endpoint.FailNext(HttpStatusCode.ServiceUnavailable);
        await using var lasting = new Program();
        lasting.Endpoint.FailNextWithError("invalid_client", count: 100);

        using var response = await transient.Http.GetAsync("orders");
        var refused = () => lasting.Http.GetAsync("orders");

        response.StatusCode.Should().Be(HttpStatusCode.OK);
        await refused.Should().ThrowAsync<TokenRefreshException>();
        lasting.Attempts.Should().Be(1);
    }

    private sealed class Program : IAsyncDisposable
    {
        private readonly ServiceProvider _services;
        private int _attempts;

        public Program()
        {
            Api = new(Endpoint);
            var services = new ServiceCollection();
            services.AddLogging();
            services.AddTokenRefresh("crm", token =>
            {
                token.TokenEndpoint = Endpoint.Address.AbsoluteUri;
                token.Grant = TokenGrants.ClientCredentials;
                token.Client.Id = FakeTokenEndpoint.DefaultClientId;
                token.Client.Secret = FakeTokenEndpoint.DefaultClientSecret;
                token.Resilience.Attempts = 1;
            });
            services.UseFakeTokenEndpoint("crm", Endpoint);
            var client = services.AddHttpClient("crm-api", http => http.BaseAddress = Api.Address);

            // begin-snippet: calls-resilience
            client.AddStandardResilienceHandler(resilience => resilience.Retry.ShouldHandle = static arguments => new(
                HttpClientResiliencePredicates.IsTransient(arguments.Outcome)
                || arguments.Outcome.Exception is TokenRefreshException { IsTransient: true }));
            client.AddTokenRefreshHandler("crm");
            // end-snippet
            client.UseFakeApi(Api);
            services.Configure<Microsoft.Extensions.Http.HttpClientFactoryOptions>(
                "crm-api", options => options.HttpMessageHandlerBuilderActions.Add(builder => builder.AdditionalHandlers.Insert(1, new Counting(this))));
            _services = services.BuildServiceProvider();
        }

        public FakeTokenEndpoint Endpoint { get; } = new();

        public FakeApi Api { get; }

        public int Attempts => _attempts;

        public HttpClient Http => _services.GetRequiredService<IHttpClientFactory>().CreateClient("crm-api");

        public ValueTask DisposeAsync() => _services.DisposeAsync();

        private sealed class Counting(Program owner) : DelegatingHandler
        {
            protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
            {
                Interlocked.Increment(ref owner._attempts);
                return base.SendAsync(request, cancellationToken);
            }
        }
    }
}
