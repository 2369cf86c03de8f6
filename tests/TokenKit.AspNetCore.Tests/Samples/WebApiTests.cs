using System.Diagnostics;
using System.Net;
using System.Text;
using System.Text.RegularExpressions;

namespace TokenKit.Tests;

/// <summary>The sample, run as a program.</summary>
public sealed partial class WebApiTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task The_sample_listens_where_it_is_told_and_its_tour_holds()
    {
        using var sample = Start();
        try
        {
            var (address, password) = await ReadTourAsync(sample);
            using var http = new HttpClient { BaseAddress = address };

            (await SendAsync(http, HttpMethod.Post, "/tokens/crm/refresh", "operator", password)).StatusCode.Should().Be(HttpStatusCode.OK);
            (await SendAsync(http, HttpMethod.Get, "/tokens/crm", "reader", password)).StatusCode.Should().Be(HttpStatusCode.OK);
            (await SendAsync(http, HttpMethod.Post, "/tokens/crm/refresh", "reader", password)).StatusCode.Should().Be(HttpStatusCode.NotFound);
            (await SendAsync(http, HttpMethod.Post, "/tokens/crm/refresh", "operator", "wrong")).StatusCode.Should().Be(HttpStatusCode.Unauthorized);
            (await SendAsync(http, HttpMethod.Get, "/tokens/ui", "operator", password)).Content.Headers.ContentType!.MediaType.Should().Be("text/html");

            var token = (await (await SendAsync(http, HttpMethod.Get, "/tokens/partner/access-token", "operator", password)).JsonAsync()).GetProperty("access_token").GetString();
            http.DefaultRequestHeaders.Authorization = new("Bearer", token);
            (await http.GetStringAsync("/orders")).Should().Be("Hello partner, there are no orders.\n");
            http.DefaultRequestHeaders.Authorization = new("Bearer", token + "x");
            (await http.GetAsync("/orders")).StatusCode.Should().Be(HttpStatusCode.Unauthorized);
        }
        finally
        {
            sample.Kill(entireProcessTree: true);
        }
    }

    private static Process Start()
    {
        var start = new ProcessStartInfo("dotnet", [Path.Combine(RepositoryRoot.Path, "artifacts", "bin", "WebApi", RepositoryRoot.Configuration, "WebApi.dll"), "--urls", "http://127.0.0.1:0"])
        {
            WorkingDirectory = Path.Combine(RepositoryRoot.Path, "samples", "WebApi"),
            RedirectStandardOutput = true,
        };
        return Process.Start(start)!;
    }

    private static async Task<(Uri Address, string Password)> ReadTourAsync(Process sample)
    {
        using var deadline = new CancellationTokenSource(Patience);
        var printed = new StringBuilder();
        Uri? address = null;
        Match? curl = null;
        while (await sample.StandardOutput.ReadLineAsync(deadline.Token) is { } line)
        {
            // The log is written by a thread of its own: its line may come after the tour.
            printed.AppendLine(line);
            address ??= Listening().Match(line) is { Success: true } listening ? new Uri(listening.Groups[1].Value) : null;
            curl ??= Curl().Match(line) is { Success: true } match ? match : null;
            if (address is not null && curl is not null)
            {
                curl.Groups[2].Value.Should().StartWith(address.GetLeftPart(UriPartial.Authority));
                return (address, curl.Groups[1].Value);
            }
        }

        throw new InvalidOperationException($"The sample ended without its tour. It printed:\n{printed}");
    }

    private static Task<HttpResponseMessage> SendAsync(HttpClient http, HttpMethod method, string path, string user, string password)
    {
        var request = new HttpRequestMessage(method, path);
        request.Headers.Authorization = new("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{user}:{password}")));
        return http.SendAsync(request);
    }

    [GeneratedRegex("Now listening on: (\\S+)")]
    private static partial Regex Listening();

    [GeneratedRegex("curl -u operator:(\\w+) -X POST (\\S+)")]
    private static partial Regex Curl();
}
