using System.Net;
using System.Net.Sockets;
using System.Text;
using TokenKit.Testing;

namespace TokenKit.Tests;

public sealed class LoopbackServerTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task It_serves_a_fake_over_real_sockets()
    {
        var endpoint = new FakeTokenEndpoint();
        await using var server = LoopbackServer.Start(endpoint.CreateHandler());
        using var http = new HttpClient { BaseAddress = server.Address };
        using var request = new HttpRequestMessage(HttpMethod.Post, "token?a=b")
        {
            Content = new FormUrlEncodedContent([KeyValuePair.Create("grant_type", "client_credentials")]),
        };
        request.Headers.Authorization = TokenEndpointCaller.Default;

        using var response = await http.SendAsync(request);

        (await response.Content.ReadAsStringAsync()).Should().Contain("access-1");
        response.Content.Headers.ContentType!.MediaType.Should().Be("application/json");
        response.Headers.CacheControl!.NoStore.Should().BeTrue();
        server.Address.Host.Should().Be("127.0.0.1");
    }

    [Fact]
    public async Task Parallel_requests_over_kept_connections_all_get_their_own_answers()
    {
        await using var server = LoopbackServer.Start(new EchoHandler());
        using var handler = new SocketsHttpHandler { MaxConnectionsPerServer = 8 };
        using var http = new HttpClient(handler) { BaseAddress = server.Address };

        var answers = await Task.WhenAll(Enumerable.Range(0, 500).Select(async i =>
        {
            using var content = new StringContent($"body {i}");
            using var response = await http.PostAsync($"path/{i}", content);
            return await response.Content.ReadAsStringAsync();
        }));

        answers.Should().Equal(Enumerable.Range(0, 500).Select(i => $"POST /path/{i} body {i}"));
    }

    [Fact]
    public async Task A_chunked_body_arrives_whole()
    {
        await using var server = LoopbackServer.Start(new EchoHandler());
        using var http = new HttpClient { BaseAddress = server.Address, DefaultRequestHeaders = { TransferEncodingChunked = true } };
        var text = new string('x', 200_000);
        using var content = new StreamContent(new MemoryStream(Encoding.UTF8.GetBytes(text)));
        using var request = new HttpRequestMessage(HttpMethod.Put, "up") { Content = content };
        request.Headers.ExpectContinue = true;

        using var response = await http.SendAsync(request);

        (await response.Content.ReadAsStringAsync()).Should().Be($"PUT /up {text}");
    }

    [Fact]
    public async Task A_handler_that_throws_loses_its_connection_and_no_other()
    {
        var endpoint = new FakeTokenEndpoint();
        endpoint.DropBefore();
        await using var server = LoopbackServer.Start(endpoint.CreateHandler());
        using var http = new HttpClient { BaseAddress = server.Address };

        using var content = new StringContent("a request with a body is not repeated by the platform");

        await ((Func<Task>)(() => http.PostAsync("token", content))).Should().ThrowAsync<HttpRequestException>();

        (await http.GetAsync("token")).StatusCode.Should().Be(HttpStatusCode.MethodNotAllowed);
        endpoint.TokenRequests.Should().Be(2);
    }

    [Fact]
    public async Task The_head_of_an_answer_has_no_body()
    {
        await using var server = LoopbackServer.Start(new EchoHandler());
        using var http = new HttpClient { BaseAddress = server.Address };
        using var request = new HttpRequestMessage(HttpMethod.Head, "");

        using var response = await http.SendAsync(request);

        (await response.Content.ReadAsByteArrayAsync()).Should().BeEmpty();
        (await http.GetStringAsync("next")).Should().Be("GET /next ", "the connection is still in step");
    }

    [Theory]
    [InlineData("nonsense\r\n\r\n")]
    [InlineData("GET / HTTP/1.1\r\nno colon\r\n\r\n")]
    [InlineData("GET / HTTP/1.1\r\nContent-Length: -5\r\n\r\n")]
    [InlineData("GET / HTTP/1.1\r\nContent-Length: 999999999\r\n\r\n")]
    [InlineData("GET / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n7fffffff\r\n")]
    public async Task What_is_no_request_is_cut_off(string bytes)
    {
        await using var server = LoopbackServer.Start(new EchoHandler());

        (await ExchangeAsync(server, bytes)).Should().BeEmpty();
    }

    [Fact]
    public async Task A_client_that_wants_to_close_is_let_go()
    {
        await using var server = LoopbackServer.Start(new EchoHandler());

        var answer = await ExchangeAsync(server, "GET /bye HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");

        answer.Should().StartWith("HTTP/1.1 200 OK\r\n").And.Contain("Connection: close\r\n").And.EndWith("\r\n\r\nGET /bye ");
    }

    [Fact]
    public async Task Stopping_ends_what_is_under_way_and_closes_the_port()
    {
        var endpoint = new FakeTokenEndpoint();
        using var held = endpoint.HoldNext();
        var server = LoopbackServer.Start(endpoint.CreateHandler());
        using var http = new HttpClient { BaseAddress = server.Address };
        var call = http.GetAsync("token");
        await held.WaitForArrivalAsync();

        await server.DisposeAsync().AsTask().WaitAsync(Patience);

        await ((Func<Task>)(() => call.WaitAsync(Patience))).Should().ThrowAsync<HttpRequestException>();
        (await ((Func<Task>)(() => http.GetAsync("token"))).Should().ThrowAsync<HttpRequestException>())
            .Which.HttpRequestError.Should().Be(HttpRequestError.ConnectionError);
    }

    [Fact]
    public async Task What_serves_a_request_does_not_see_the_context_of_whoever_started_the_server()
    {
        var local = new AsyncLocal<string?> { Value = "starter" };
        string? seen = "nothing";
        await using var server = LoopbackServer.Start(new EchoHandler(() => seen = local.Value));
        using var http = new HttpClient();

        await http.GetAsync(server.Address);

        seen.Should().BeNull();
    }

    private static async Task<string> ExchangeAsync(LoopbackServer server, string bytes)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, server.Address.Port);
        await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(bytes));
        using var reader = new StreamReader(client.GetStream());
        try
        {
            return await reader.ReadToEndAsync().WaitAsync(Patience);
        }
        catch (IOException)
        {
            return "";
        }
    }

    private sealed class EchoHandler(Action? onCall = null) : HttpMessageHandler
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            onCall?.Invoke();
            var body = request.Content is null ? "" : await request.Content.ReadAsStringAsync(cancellationToken);
            return new HttpResponseMessage { Content = new StringContent($"{request.Method} {request.RequestUri!.AbsolutePath} {body}") };
        }
    }
}
