using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using TokenKit.Testing;

namespace TokenKit.Tests;

/// <summary>The code of the README of the package TokenKit, executed.</summary>
public sealed class PackageReadmeExamples
{
    [Fact]
    public async Task The_first_example_calls_the_API_with_a_token()
    {
        var endpoint = new FakeTokenEndpoint();
        endpoint.AddClient("my-app", "the-client-secret");
        var api = new FakeApi(endpoint);
        var builder = Host.CreateApplicationBuilder();
        builder.Configuration.AddInMemoryCollection([new("Secrets:crm-client-secret", "the-client-secret")]);

        // begin-snippet: package-first-example
        builder.Services.AddTokenRefresh("crm", token =>
        {
            token.TokenEndpoint = "https://login.example.com/oauth/token";
            token.Grant = TokenGrants.ClientCredentials;
            token.Client.Id = "my-app";
            token.Client.Secret = "${secret.crm-client-secret}";
            token.Scope = "orders.read";
        });
        builder.Services.AddHttpClient<CrmClient>(http => http.BaseAddress = new("https://api.example.com"))
               .AddTokenRefreshHandler("crm");
        // end-snippet

        builder.Services.UseFakeTokenEndpoint("crm", endpoint);
        builder.Services.AddHttpClient(nameof(CrmClient)).UseFakeApi(api);
        using var host = builder.Build();
        await host.StartAsync();

        (await host.Services.GetRequiredService<CrmClient>().GetOrdersAsync()).IsSuccessStatusCode.Should().BeTrue();
        api.TokensSeen.Should().Equal("access-1");
    }

    [Fact]
    public async Task A_refresh_token_of_a_person_survives_the_program_in_an_encrypted_file()
    {
        var endpoint = new FakeTokenEndpoint();
        var refreshToken = endpoint.IssueRefreshToken();
        var directory = Directory.CreateTempSubdirectory("tokenkit-readme-");
        try
        {
            var services = new ServiceCollection().AddLogging();
            services.UseFakeTokenEndpoint("mail", endpoint);
            var storeDirectory = Path.Combine(directory.FullName, "tokens");
            var key = $"2026-11:{Convert.ToBase64String(new byte[32])}";

            // begin-snippet: package-refresh-token
            services.AddTokenRefresh("mail", token =>
                {
                    token.TokenEndpoint = "https://login.example.com/oauth/token";
                    token.Grant = TokenGrants.RefreshToken;
                    token.Client.Id = FakeTokenEndpoint.DefaultClientId;
                    token.Client.Secret = FakeTokenEndpoint.DefaultClientSecret;
                })
                .UseFileStore(storeDirectory)
                .UseAesGcm(key);
            // end-snippet

            await using var provider = services.BuildServiceProvider();

            // begin-snippet: package-seed
            var source = provider.GetTokenSource("mail");
            await source.SeedAsync(new TokenSeed(refreshToken));
            AccessToken token = await source.GetTokenAsync();
            // end-snippet

            token.Reveal().Should().Be("access-1");
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    }

    private sealed class CrmClient(HttpClient http)
    {
        public Task<HttpResponseMessage> GetOrdersAsync() => http.GetAsync("orders");
    }
}
