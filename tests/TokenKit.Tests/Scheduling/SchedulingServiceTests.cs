using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using TokenKit.Testing;

namespace TokenKit.Tests;

public sealed class SchedulingServiceTests
{
    // WebApplicationFactory stops the host when it is disposed, which a program that ended by itself has disposed before.
    [Fact]
    public async Task A_host_may_be_stopped_again_after_its_end()
    {
        var endpoint = new FakeTokenEndpoint();
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Services.UseFakeTokenEndpoint("crm", endpoint);
        builder.Services.AddTokenRefresh("crm", token =>
        {
            token.TokenEndpoint = endpoint.Address.AbsoluteUri;
            token.Grant = TokenGrants.ClientCredentials;
            token.Client.Id = FakeTokenEndpoint.DefaultClientId;
            token.Client.Secret = FakeTokenEndpoint.DefaultClientSecret;
        }).UseInMemoryStore();
        var host = builder.Build();
        await host.StartAsync();
        await host.Services.GetRequiredKeyedService<ITokenSource>("crm").GetTokenAsync();
        await host.StopAsync();
        host.Dispose();

        await host.Invoking(static ended => ended.StopAsync()).Should().NotThrowAsync();
    }
}
