using System.Text;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using TokenKit.Testing;

namespace TokenKit.Tests;

/// <summary>The code and the configuration of the README at the root, executed.</summary>
public sealed class RootReadmeExamples
{
    [Fact]
    public async Task The_first_example_calls_the_API_with_a_token()
    {
        var (endpoint, api, builder) = Program();

        // begin-snippet: readme-first-example
        builder.Services.AddTokenRefresh("crm", token =>
        {
            token.TokenEndpoint = "https://login.example.com/oauth/token";
            token.Grant = TokenGrants.ClientCredentials;
            token.Client.Id = "my-app";
            token.Client.Secret = "${secret.crm-client-secret}";
        });
        builder.Services.AddHttpClient("crm-api", http => http.BaseAddress = new("https://api.example.com"))
            .AddTokenRefreshHandler("crm");
        // end-snippet

        await CallAsync(builder, endpoint, api);
    }

    [Fact]
    public async Task The_configuration_does_what_the_code_does()
    {
        var (endpoint, api, builder) = Program();
        builder.Configuration.AddJsonStream(new MemoryStream(Encoding.UTF8.GetBytes(Block("json"))));

        // begin-snippet: readme-configuration
        builder.Services.AddTokenRefresh(builder.Configuration.GetSection("TokenRefresh"));
        // end-snippet

        builder.Services.AddHttpClient("crm-api", http => http.BaseAddress = new("https://api.example.com"))
            .AddTokenRefreshHandler("crm");
        await CallAsync(builder, endpoint, api);
    }

    [Fact]
    public void Every_reason_of_the_closed_set_stands_in_the_table()
    {
        var readme = RepositoryFiles.Read("README.md");

        Enum.GetNames<RefreshFailureReason>().Skip(1).Should().OnlyContain(reason => readme.Contains($"| `{reason}` |", StringComparison.Ordinal));
    }

    private static (FakeTokenEndpoint Endpoint, FakeApi Api, HostApplicationBuilder Builder) Program()
    {
        var endpoint = new FakeTokenEndpoint();
        endpoint.AddClient("my-app", "the-client-secret");
        var builder = Host.CreateApplicationBuilder();
        builder.Configuration.AddInMemoryCollection([new("Secrets:crm-client-secret", "the-client-secret")]);
        builder.Services.UseFakeTokenEndpoint("crm", endpoint);
        return (endpoint, new FakeApi(endpoint), builder);
    }

    private static async Task CallAsync(HostApplicationBuilder builder, FakeTokenEndpoint endpoint, FakeApi api)
    {
        builder.Services.AddHttpClient("crm-api").UseFakeApi(api);
        using var host = builder.Build();
        await host.StartAsync();

        // begin-snippet: readme-call
        var crm = host.Services.GetRequiredService<IHttpClientFactory>().CreateClient("crm-api");
        using var response = await crm.GetAsync("orders");
        // end-snippet

        response.IsSuccessStatusCode.Should().BeTrue();
        api.TokensSeen.Should().Equal("access-1");
        endpoint.TokenRequests.Should().Be(1);
    }

    private static string Block(string language) =>
        Regex.Match(RepositoryFiles.Read("README.md"), $"^```{language}\n(?<text>.*?)^```", RegexOptions.Singleline | RegexOptions.Multiline)
            .Groups["text"].Value;
}
