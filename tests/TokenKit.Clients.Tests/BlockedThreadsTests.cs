using System.Net;
using Microsoft.Extensions.DependencyInjection;
using TokenKit.Testing;

namespace TokenKit.Clients.Tests;

/// <summary>Changes the pool of its process, so nothing else of this assembly runs beside it.</summary>
[CollectionDefinition(nameof(BlockedThreads), DisableParallelization = true)]
public sealed class BlockedThreads;

[Collection(nameof(BlockedThreads))]
public sealed class BlockedThreadsTests : IDisposable
{
    private const int Callers = 200;

    private readonly (int Workers, int Completion) _before;

    public BlockedThreadsTests()
    {
        ThreadPool.GetMinThreads(out var workers, out var completion);
        _before = (workers, completion);
        ThreadPool.SetMinThreads(2, completion).Should().BeTrue();
    }

    public void Dispose() => ThreadPool.SetMinThreads(_before.Workers, _before.Completion);

    [Theory]
    [InlineData(Wait.FirstToken)]
    [InlineData(Wait.RevokedToken)]
    [InlineData(Wait.Subject)]
    [InlineData(Wait.Signature)]
    public async Task Two_hundred_threads_of_the_pool_that_wait_for_one_refresh_all_get_its_token_before_its_deadline(Wait wait)
    {
        var endpoint = new FakeTokenEndpoint();
        var api = new FakeApi(endpoint);
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddKeyedSingleton<IRequestSigner, Signer>("house");
        var token = services.AddTokenRefresh("crm", token =>
        {
            token.TokenEndpoint = endpoint.Address.AbsoluteUri;
            token.Grant = TokenGrants.ClientCredentials;
            token.Client.Id = FakeTokenEndpoint.DefaultClientId;
            token.Client.Secret = FakeTokenEndpoint.DefaultClientSecret;
            token.Placement.Sign = wait is Wait.Signature ? "house" : null;
        });
        if (wait is Wait.Subject)
        {
            token.UseSubject(static _ => "alice");
        }

        services.UseFakeTokenEndpoint("crm", endpoint);
        services.AddHttpClient("crm", http => http.BaseAddress = api.Address).AddTokenRefreshHandler("crm").UseFakeApi(api);
        await using var provider = services.BuildServiceProvider();
        using var http = provider.GetRequiredService<IHttpClientFactory>().CreateClient("crm");
        var isRevoked = wait is Wait.RevokedToken;
        if (isRevoked)
        {
            using var first = await http.GetAsync("orders");
            endpoint.RevokeAccessTokens();
        }

        var patience = new TokenRefreshOptions().Resilience.Timeout + TimeSpan.FromSeconds(2);

        var calls = Enumerable.Range(0, Callers).Select(_ => Task.Run(() => http.Send(new(HttpMethod.Get, "orders")).StatusCode)).ToList();
        var answers = await Task.WhenAll(calls).WaitAsync(patience);

        answers.Should().OnlyContain(static status => status == HttpStatusCode.OK);
        endpoint.TokenRequests.Should().Be(isRevoked ? 2 : 1);
    }

    /// <summary>What the threads wait for.</summary>
    public enum Wait
    {
        FirstToken,

        /// <summary>A newer token: the API refuses the one that all carry.</summary>
        RevokedToken,

        /// <summary>Code of the application's own, which finds out whose token a call needs, and then the token.</summary>
        Subject,

        /// <summary>The token, and then code of the application's own, which signs.</summary>
        Signature,
    }

    private sealed class Signer : IRequestSigner
    {
        public ValueTask SignAsync(HttpRequestMessage request, RequestSigningContext context, CancellationToken cancellationToken)
        {
            request.Headers.Add("X-Signature", "signed");
            return ValueTask.CompletedTask;
        }
    }
}
