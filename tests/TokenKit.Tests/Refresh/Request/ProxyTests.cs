using System.Net;
using TokenKit.Refresh.Map;
using TokenKit.Values;

namespace TokenKit.Tests;

/// <summary>A proxy that stands in the way of a token request, over real sockets on loopback.</summary>
public sealed class ProxyTests : IDisposable
{
    private readonly RequestScene _scene = new() { AllowHttpOnLoopback = true, Attempts = 1 };
    private SocketsHttpHandler? _handler;

    public void Dispose() => _handler?.Dispose();

    [Theory]
    [InlineData(407, "credentials")]
    [InlineData(403, "refused")]
    public async Task A_proxy_that_refuses_the_tunnel_is_named_without_its_credentials(int status, string why)
    {
        await using var proxy = RawServer.Answering($"HTTP/1.1 {status} No\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
        GoThrough(proxy, "https://login.example.com/token");

        var failure = (await _scene.SendAsync()).Failure!;

        failure.Reason.Should().Be(RefreshFailureReason.Unreachable);
        failure.IsAmbiguous.Should().BeFalse();
        failure.Message.Should().Contain($"localhost:{proxy.Port}").And.Contain(why)
            .And.Contain("HTTPS_PROXY").And.Contain("'tokenkit-crm'").And.Contain("Nothing was sent").And.NotContain("hunter2");
    }

    [Fact]
    public async Task A_proxy_that_answers_in_place_of_the_server_and_wants_credentials_is_named()
    {
        await using var proxy = RawServer.Answering("HTTP/1.1 407 No\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
        GoThrough(proxy, "http://localhost:1/token");
        var work = _scene.Work();
        var received = (await _scene.Step.SendAsync(work)).Value!;

        var failure = new MapStep(_scene.Time).Map(received, work).Candidate.Failure!;

        failure.Reason.Should().Be(RefreshFailureReason.Unreachable);
        failure.StatusCode.Should().Be(407);
        failure.Message.Should().Contain($"localhost:{proxy.Port}").And.Contain("HTTPS_PROXY").And.NotContain("hunter2");
    }

    [Fact]
    public async Task A_proxy_that_is_not_there_is_named()
    {
        RawServer gone;
        await using (gone = RawServer.Answering(""))
        {
        }

        GoThrough(gone, "https://login.example.com/token");

        (await _scene.SendAsync()).Failure!.Message.Should().Contain("ConnectionRefused").And.Contain($"through the proxy localhost:{gone.Port}");
    }

    [Fact]
    public async Task The_metadata_of_an_authority_behind_a_proxy_that_wants_credentials_names_the_proxy()
    {
        await using var proxy = RawServer.Answering("HTTP/1.1 407 No\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
        GoThrough(proxy, "http://localhost:1/token");
        _scene.Exchange = _scene.Exchange with { Url = [], Authority = TextTemplate.List("http://localhost:1") };

        (await _scene.SendAsync()).Failure!.Message.Should().Contain($"localhost:{proxy.Port}").And.NotContain("hunter2");
    }

    private void GoThrough(RawServer proxy, string url)
    {
        _handler = new SocketsHttpHandler { Proxy = new AlwaysThrough(new Uri($"http://ann:hunter2@localhost:{proxy.Port}")) };
        _scene.Handler = _handler;
        _scene.Exchange = _scene.Exchange with { Url = TextTemplate.List(url) };
    }

    /// <summary>The platform's own lets calls to this machine through.</summary>
    private sealed class AlwaysThrough(Uri address) : IWebProxy
    {
        public ICredentials? Credentials { get; set; }

        public Uri GetProxy(Uri destination) => address;

        public bool IsBypassed(Uri host) => false;
    }
}
