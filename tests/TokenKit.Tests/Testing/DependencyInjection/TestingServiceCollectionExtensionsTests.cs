using Microsoft.Extensions.DependencyInjection;
using TokenKit.Testing;

namespace TokenKit.Tests;

public sealed class TestingServiceCollectionExtensionsTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task The_fake_answers_the_back_channel_whichever_call_comes_first(bool fakeFirst)
    {
        var endpoint = new FakeTokenEndpoint();
        var services = new ServiceCollection();
        Action[] calls =
        [
            () => services.UseFakeTokenEndpoint("crm", endpoint),
            () => services.AddHttpClient("tokenkit-crm").ConfigurePrimaryHttpMessageHandler(() => new RealHandler()),
        ];
        foreach (var call in fakeFirst ? calls : calls.Reverse())
        {
            call();
        }

        using var provider = services.BuildServiceProvider();
        using var http = provider.GetRequiredService<IHttpClientFactory>().CreateClient("tokenkit-crm");
        await http.GetAsync(endpoint.Address);

        endpoint.TokenRequests.Should().Be(1);
    }

    [Fact]
    public async Task The_fake_api_answers_a_client()
    {
        var api = new FakeApi(new FakeTokenEndpoint());
        var services = new ServiceCollection();
        services.AddHttpClient("crm").UseFakeApi(api);
        using var provider = services.BuildServiceProvider();

        await provider.GetRequiredService<IHttpClientFactory>().CreateClient("crm").GetAsync(api.Address);

        api.Calls.Should().Be(1);
    }

    [Fact]
    public void The_manual_clock_is_the_only_clock()
    {
        var time = new ManualTimeProvider();
        using var provider = new ServiceCollection().AddSingleton(TimeProvider.System).UseManualTime(time).BuildServiceProvider();

        provider.GetServices<TimeProvider>().Should().Equal(time);
    }

    private sealed class RealHandler : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
            throw new InvalidOperationException("Intentionally not provided: the fake must answer.");
    }
}
