using System.Net;

namespace TokenKit.Tests;

/// <summary>Stands for the network: keeps what would be on the wire and answers as the test says.</summary>
internal sealed class StubPrimaryHandler(Func<SentRequest, HttpResponseMessage> answer) : HttpMessageHandler
{
    // More than any test sends: a loop without end is to fail and not to hang.
    private const int Limit = 2000;

    private readonly Lock _lock = new();

    public List<SentRequest> Sent { get; } = [];

    public List<TrackedContent> Bodies { get; } = [];

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var body = request.Content is null ? null : new MemoryStream();
        if (body is not null)
        {
            await request.Content!.CopyToAsync(body, cancellationToken);
        }

        return Answer(request, body);
    }

    protected override HttpResponseMessage Send(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var body = request.Content is null ? null : new MemoryStream();
        request.Content?.CopyTo(body!, null, cancellationToken);
        return Answer(request, body);
    }

    private HttpResponseMessage Answer(HttpRequestMessage request, MemoryStream? body)
    {
        var sent = new SentRequest(
            request,
            request.Method.Method,
            request.RequestUri!.AbsoluteUri,
            request.Headers.NonValidated.ToDictionary(header => header.Key, header => header.Value.ToString(), StringComparer.OrdinalIgnoreCase),
            body?.ToArray(),
            request.Content?.Headers.ContentType?.ToString());
        lock (_lock)
        {
            Sent.Add(sent);
            if (Sent.Count > Limit)
            {
                throw new InvalidOperationException("The handler sends without end.");
            }
        }

        var response = answer(sent);
        var tracked = new TrackedContent(response.Content);
        response.Content = tracked;
        response.RequestMessage = request;
        lock (_lock)
        {
            Bodies.Add(tracked);
        }

        return response;
    }
}

/// <summary>A request as the network saw it.</summary>
internal sealed record SentRequest(
    HttpRequestMessage Message, string Method, string Url, Dictionary<string, string> Headers, byte[]? Body, string? ContentType)
{
    public string? Authorization => Headers.GetValueOrDefault("Authorization");

    public string? BodyText => Body is null ? null : System.Text.Encoding.UTF8.GetString(Body);

    /// <summary>Everything of it as one text, to look for a token in.</summary>
    public string Everything => $"{Method} {Url} {string.Join('\n', Headers.Select(header => $"{header.Key}: {header.Value}"))}\n{BodyText}";
}

/// <summary>Tells whether an answer was given back.</summary>
internal sealed class TrackedContent : HttpContent
{
    private readonly HttpContent _inner;

    public TrackedContent(HttpContent inner)
    {
        _inner = inner;
        foreach (var header in inner.Headers)
        {
            Headers.Add(header.Key, header.Value);
        }
    }

    public bool IsDisposed { get; private set; }

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => _inner.CopyToAsync(stream);

    protected override bool TryComputeLength(out long length)
    {
        length = 0;
        return false;
    }

    protected override void Dispose(bool disposing)
    {
        IsDisposed = true;
        base.Dispose(disposing);
    }
}
