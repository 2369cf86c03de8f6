using System.Collections.Concurrent;
using System.Net;
using System.Text;
using TokenKit.Testing;

namespace TokenKit.Definitions.Tests;

/// <summary>
/// A server on loopback that gives prepared answers in order, the last one again and again, and keeps what it was sent.
/// <c>SERVER</c> in an answer stands for its own address.
/// </summary>
internal sealed class FakeServer : IAsyncDisposable
{
    private readonly ConcurrentQueue<(HttpStatusCode Status, string Body)> _answers = new();
    private readonly LoopbackServer _server;

    public FakeServer(params IEnumerable<(HttpStatusCode Status, string Body)> answers)
    {
        foreach (var answer in answers)
        {
            _answers.Enqueue(answer);
        }

        _server = LoopbackServer.Start(new Handler(this));
    }

    public string Address => _server.Address.ToString();

    /// <summary>What arrived: method, path with query, and body.</summary>
    public ConcurrentQueue<string> Requests { get; } = new();

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    private sealed class Handler(FakeServer server) : HttpMessageHandler
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var body = request.Content is null ? "" : await request.Content.ReadAsStringAsync(cancellationToken);
            server.Requests.Enqueue($"{request.Method} {request.RequestUri!.PathAndQuery} {body}".TrimEnd());
            (HttpStatusCode Status, string Body) answer;
            while (!(server._answers.Count > 1 ? server._answers.TryDequeue(out answer) : server._answers.TryPeek(out answer)))
            {
                throw new InvalidOperationException("No answer was prepared.");
            }

            return new HttpResponseMessage(answer.Status) { Content = new StringContent(answer.Body.Replace("SERVER", server.Address, StringComparison.Ordinal), Encoding.UTF8, "application/json") };
        }
    }
}
