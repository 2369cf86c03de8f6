using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using TokenKit.Definitions;
using TokenKit.DependencyInjection;
using TokenKit.Refresh.Request;

namespace TokenKit.Tests;

/// <summary>What the real transport throws, over real sockets on loopback, and what becomes of it.</summary>
public sealed class TransportFailureTests : IDisposable
{
    private readonly RequestScene _scene = new() { AllowHttpOnLoopback = true, Attempts = 1 };
    private readonly ServiceProvider _services;

    public TransportFailureTests()
    {
        var services = new ServiceCollection();
        services.AddBackChannel("crm");
        _services = services.BuildServiceProvider();
        _scene.Handler = _services.GetRequiredService<IHttpMessageHandlerFactory>().CreateHandler(BackChannel.ClientNameFor("crm"));
    }

    public void Dispose() => _services.Dispose();

    [Fact]
    public async Task A_refused_connection_never_left_and_is_tried_again()
    {
        _scene.Attempts = 3;
        SendStoredTokenTo($"http://localhost:{UnusedPort()}/token");

        var failure = (await _scene.SendAsync()).Failure!;

        failure.Reason.Should().Be(RefreshFailureReason.Unreachable);
        failure.IsAmbiguous.Should().BeFalse();
        failure.RequestsSent.Should().Be(3);
        failure.Message.Should().Contain("ConnectionRefused").And.Contain("Nothing was sent").And.NotContain("/token");
        failure.Exception.Should().BeOfType<SocketException>();
    }

    [Fact]
    public async Task A_name_that_nobody_knows_never_left()
    {
        SendStoredTokenTo("https://tokenkit.invalid/token");

        var failure = (await _scene.SendAsync()).Failure!;

        failure.Reason.Should().Be(RefreshFailureReason.Unreachable);
        failure.IsAmbiguous.Should().BeFalse();
    }

    [Fact]
    public async Task A_reset_after_the_request_was_read_is_ambiguous_and_not_repeated_with_a_stored_token()
    {
        await using var server = new RawServer(async connection =>
        {
            await connection.ReadRequestAsync();
            connection.Reset();
        });

        await ShouldBeAmbiguousAsync(server);
    }

    [Fact]
    public async Task An_end_without_an_answer_is_ambiguous_and_not_repeated_with_a_stored_token()
    {
        await using var server = new RawServer(connection => connection.ReadRequestAsync());

        await ShouldBeAmbiguousAsync(server);
    }

    [Fact]
    public async Task A_GET_that_sends_a_stored_token_is_not_repeated_by_the_platform_either()
    {
        await using var server = new RawServer(connection => connection.ReadRequestAsync());
        _scene.Exchange = _scene.Exchange with { Method = HttpMethod.Get, Body = new BodyDefinition.None() };

        await ShouldBeAmbiguousAsync(server);
    }

    [Theory]
    [InlineData("SSH-2.0-OpenSSH_9.2 s3cr3t\r\n")]
    [InlineData("{\"access_token\":\"at-s3cr3t\"}")]
    [InlineData("HTTP/1.1 abc s3cr3t\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Ty")]
    [InlineData("HTTP/1.1 200 OK\r\ns3cr3t without colon\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"access_token\":\"at-s3cr3t\"}")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\ns3cr3t\r\n{}\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n")]
    public async Task An_answer_that_is_no_whole_HTTP_is_ambiguous_and_quoted_nowhere(string answer)
    {
        await using var server = RawServer.Answering(answer);

        var failure = await ShouldBeAmbiguousAsync(server);

        $"{failure} {failure.Exception}".Should().NotContain("s3cr3t");
    }

    [Fact]
    public async Task Headers_beyond_every_measure_are_not_taken()
    {
        await using var server = RawServer.Answering($"HTTP/1.1 200 OK\r\nX-Long: {new string('a', 100_000)}\r\nContent-Length: 2\r\n\r\n{{}}");

        await ShouldBeAmbiguousAsync(server);
    }

    [Theory]
    [InlineData("")]
    [InlineData("HTTP/1.1 200 OK\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"access_token\":")]
    public async Task A_server_that_stalls_ends_at_the_deadline_and_is_ambiguous(string beginning)
    {
        var stalled = new TaskCompletionSource();
        await using var server = new RawServer(async connection =>
        {
            await connection.ReadRequestAsync();
            await connection.WriteAsync(beginning);
            stalled.SetResult();
            await connection.HangAsync();
        });
        SendStoredTokenTo(server.Url);

        var sending = _scene.SendAsync();
        await stalled.Task.Within("the request arrives");
        _scene.Clock.Advance(_scene.Timeout);
        var failure = (await sending.Within("the deadline ends it")).Failure!;

        failure.Reason.Should().Be(RefreshFailureReason.TimedOut);
        failure.IsAmbiguous.Should().BeTrue();
    }

    [Fact]
    public async Task A_server_that_drips_for_ever_ends_at_the_deadline()
    {
        using var wanted = new SemaphoreSlim(0);
        using var dropped = new SemaphoreSlim(0);
        await using var server = new RawServer(async connection =>
        {
            await connection.ReadRequestAsync();
            await connection.WriteAsync("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n");
            while (true)
            {
                await wanted.WaitAsync(connection.Stop);
                await connection.WriteAsync("a");
                dropped.Release();
            }
        });
        SendStoredTokenTo(server.Url);

        // A byte every three seconds: no wait for one is long, all of them together are.
        var sending = _scene.SendAsync();
        for (var second = 0; second < 30; second += 3)
        {
            sending.IsCompleted.Should().BeFalse();
            wanted.Release();
            await dropped.WaitAsync().Within("a drop falls");
            _scene.Clock.Advance(TimeSpan.FromSeconds(3));
        }

        var failure = (await sending.Within("the deadline ends it")).Failure!;
        failure.Reason.Should().Be(RefreshFailureReason.TimedOut);
        failure.IsAmbiguous.Should().BeTrue();
    }

    [Fact]
    public async Task A_connection_that_never_comes_ends_at_the_deadline_and_never_left()
    {
        var connecting = new TaskCompletionSource();
        using var handler = new SocketsHttpHandler
        {
            ConnectCallback = async (_, cancellation) =>
            {
                connecting.SetResult();
                await Task.Delay(Timeout.Infinite, cancellation);
                throw new InvalidOperationException("unreachable");
            },
        };
        _scene.Handler = handler;
        SendStoredTokenTo("https://login.example.com/token");

        var sending = _scene.SendAsync();
        await connecting.Task.Within("the connection is tried");
        _scene.Clock.Advance(_scene.Timeout);
        var failure = (await sending.Within("the deadline ends it")).Failure!;

        failure.Reason.Should().Be(RefreshFailureReason.TimedOut);
        failure.IsAmbiguous.Should().BeFalse("no byte of the request was taken");
    }

    [Fact]
    public async Task A_connection_that_takes_longer_than_the_transport_allows_never_left_and_is_tried_again()
    {
        using var handler = new SocketsHttpHandler
        {
            ConnectTimeout = TimeSpan.FromMilliseconds(1),
            ConnectCallback = async (_, cancellation) =>
            {
                await Task.Delay(Timeout.Infinite, cancellation);
                throw new InvalidOperationException("unreachable");
            },
        };
        _scene.Handler = handler;
        _scene.Attempts = 2;
        SendStoredTokenTo("https://login.example.com/token");

        var failure = (await _scene.SendAsync().Within("the transport gives up")).Failure!;

        failure.Reason.Should().Be(RefreshFailureReason.Unreachable);
        failure.IsAmbiguous.Should().BeFalse();
        failure.RequestsSent.Should().Be(2);
        failure.Message.Should().Contain("timeout");
    }

    [Fact]
    public async Task Whatever_a_handler_of_the_application_throws_is_a_failure_without_its_words()
    {
        _scene.Handler = new FakeEndpoint().Then(new InvalidOperationException("Bearer s3cr3t"));
        _scene.Exchange = _scene.Exchange with { SendsStoredToken = true, Method = HttpMethod.Get, Body = new BodyDefinition.None() };

        var failure = (await _scene.SendAsync()).Failure!;

        failure.Reason.Should().Be(RefreshFailureReason.Unreachable);
        $"{failure} {failure.Exception}".Should().Contain("InvalidOperationException").And.NotContain("s3cr3t");
    }

    [Fact]
    public async Task Twenty_early_hints_before_the_answer_do_no_harm()
    {
        var hints = string.Concat(Enumerable.Repeat("HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n", 20));
        await using var server = RawServer.Answering(hints + "HTTP/1.1 200 OK\r\nX-Fold: a\r\n b\r\nContent-Length: 2\r\n\r\n{}extra");
        SendStoredTokenTo(server.Url);

        var answer = (await _scene.SendAsync()).Value!.Answer;

        answer.StatusCode.Should().Be(200);
        Encoding.UTF8.GetString(answer.Body.Span).Should().Be("{}");
    }

    [Fact]
    public async Task A_redirect_is_not_followed_and_no_cookie_is_kept()
    {
        await using var server = new RawServer(async connection =>
        {
            await connection.ReadRequestAsync();
            await connection.WriteAsync(
                "HTTP/1.1 307 Elsewhere\r\nLocation: /other\r\nSet-Cookie: who=s3cr3t\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
        });
        SendStoredTokenTo(server.Url);

        (await _scene.SendAsync()).Failure!.Reason.Should().Be(RefreshFailureReason.AnswerRefused);
        await _scene.SendAsync();

        server.Requests.Should().HaveCount(2);
        server.Requests.Should().OnlyContain(request => request.StartsWith("POST /token "));
        server.Requests.Should().NotContain(request => request.Contains("Cookie"));
        server.Requests.Should().NotContain(request => request.Contains("Expect"));
    }

    private static int UnusedPort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private void SendStoredTokenTo(string url) =>
        _scene.Exchange = _scene.Exchange with { Url = TextTemplate.List(url), SendsStoredToken = true };

    private async Task<RefreshFailure> ShouldBeAmbiguousAsync(RawServer server)
    {
        _scene.Attempts = 3;
        SendStoredTokenTo(server.Url);

        var result = await _scene.SendAsync().Within("the server's end is noticed");

        result.Succeeded.Should().BeFalse();
        result.Failure!.Reason.Should().Be(RefreshFailureReason.Unreachable);
        result.Failure.IsAmbiguous.Should().BeTrue();
        result.Failure.RequestsSent.Should().Be(1);
        server.Requests.Should().ContainSingle();
        return result.Failure;
    }
}
