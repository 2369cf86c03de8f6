using System.Collections.Concurrent;
using System.Net;

namespace TokenKit.Definitions.Tests;

/// <summary>A token endpoint, in process or behind a listener, that gives recorded answers in order and keeps what it was sent.</summary>
internal sealed class RecordedServer(IEnumerable<TokenAnswer> answers) : HttpMessageHandler
{
    private readonly ConcurrentQueue<TokenAnswer> _answers = new(answers);

    /// <summary>What arrived, in order.</summary>
    public ConcurrentQueue<RecordedRequest> Requests { get; } = new();

    /// <summary>For one client: whoever disposes of it leaves the server alone.</summary>
    public HttpMessageHandler Handler() => new Shared(this);

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var body = request.Content is null ? "" : await request.Content.ReadAsStringAsync(cancellationToken);
        Requests.Enqueue(new RecordedRequest(
            $"{request.Method} {request.RequestUri!.PathAndQuery} {body}".TrimEnd(),
            request.Headers.NonValidated.ToDictionary(
                static header => header.Key, static header => header.Value.ToString(), StringComparer.OrdinalIgnoreCase)));
        return _answers.TryDequeue(out var answer) ? Response(answer) : new HttpResponseMessage(HttpStatusCode.NotImplemented);
    }

    private static HttpResponseMessage Response(TokenAnswer answer)
    {
        var response = new HttpResponseMessage((HttpStatusCode)answer.StatusCode) { Content = new ByteArrayContent(answer.Body.ToArray()) };
        foreach (var (name, values) in answer.Headers)
        {
            if (!response.Headers.TryAddWithoutValidation(name, values))
            {
                response.Content.Headers.TryAddWithoutValidation(name, values);
            }
        }

        return response;
    }

    private sealed class Shared(RecordedServer server) : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
            server.SendAsync(request, cancellationToken);
    }
}

/// <summary>A request as it arrived.</summary>
/// <param name="Text">Method, path with query, and body.</param>
/// <param name="Headers">The headers, those of the body apart.</param>
internal sealed record RecordedRequest(string Text, IReadOnlyDictionary<string, string> Headers);
