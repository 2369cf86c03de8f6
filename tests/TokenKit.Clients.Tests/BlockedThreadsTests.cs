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

    [Fact]
    public async Task Two_hundred_threads_of_the_pool_that_wait_for_one_refresh_all_get_its_token_before_its_deadline()
    {
        var endpoint = new FakeTokenEndpoint();
        var api = new FakeApi(endpoint);
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddTokenRefresh("crm", token =>
        {
            token.TokenEndpoint = endpoint.Address.AbsoluteUri;
            token.Grant = TokenGrants.ClientCredentials;
            token.Client.Id = FakeTokenEndpoint.DefaultClientId;
            token.Client.Secret = FakeTokenEndpoint.DefaultClientSecret;
        });
        services.UseFakeTokenEndpoint("crm", endpoint);
        services.AddHttpClient("crm", http => http.BaseAddress = api.Address).AddTokenRefreshHandler("crm").UseFakeApi(api);
        await using var provider = services.BuildServiceProvider();
        using var http = provider.GetRequiredService<IHttpClientFactory>().CreateClient("crm");
        var patience = new TokenRefreshOptions().Resilience.Timeout + TimeSpan.FromSeconds(2);

        var calls = Enumerable.Range(0, Callers).Select(_ => Task.Run(() => http.Send(new(HttpMethod.Get, "orders")).StatusCode)).ToList();
        var answers = await Task.WhenAll(calls).WaitAsync(patience);

        answers.Should().OnlyContain(static status => status == HttpStatusCode.OK);
        endpoint.TokenRequests.Should().Be(1);
    }
}
