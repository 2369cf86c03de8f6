using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Text;

namespace TokenKit.Checking.Checks;

/// <summary>Answers requests with recorded answers, in order, and writes down what was asked.</summary>
internal sealed class RecordedTransport(IReadOnlyList<TokenAnswer> answers, Func<string, string> mask) : IHttpClientFactory, ITokenRequester
{
    private readonly Lock _gate = new();
    private readonly List<CheckedRequest> _asked = [];
    private int _next;

    public int AnswersLeft
    {
        get
        {
            lock (_gate)
            {
                return answers.Count - _next;
            }
        }
    }

    public HttpClient CreateClient(string name) => new(new Handler(this)) { Timeout = Timeout.InfiniteTimeSpan };

    public ValueTask<TokenAnswer> RequestAsync(TokenRequesterContext context, CancellationToken cancellationToken) =>
        ValueTask.FromResult(
            Take(static status => new CheckedRequest { Method = "", Url = new SecretText(""), Status = status, Shown = "asked of the ITokenRequester" })
            ?? throw new InvalidOperationException("The recorded answers have run out."));

    /// <summary>What was asked since the last call.</summary>
    public ImmutableArray<CheckedRequest> TakeAsked()
    {
        lock (_gate)
        {
            ImmutableArray<CheckedRequest> asked = [.. _asked];
            _asked.Clear();
            return asked;
        }
    }

    private TokenAnswer? Take(Func<int?, CheckedRequest> describe)
    {
        lock (_gate)
        {
            var answer = _next < answers.Count ? answers[_next++] : null;
            _asked.Add(describe(answer?.StatusCode));
            return answer;
        }
    }

    private CheckedRequest Describe(HttpRequestMessage request, byte[]? content, int? status)
    {
        var url = request.RequestUri!;
        IEnumerable<KeyValuePair<string, System.Net.Http.Headers.HeaderStringValues>> headers = request.Headers.NonValidated;
        return new CheckedRequest
        {
            Method = request.Method.Method,
            Url = new SecretText(url.AbsoluteUri),
            Headers =
            [
                .. headers.Concat(request.Content?.Headers.NonValidated ?? default)
                    .Select(static header => KeyValuePair.Create(header.Key, new SecretText(header.Value.ToString()))),
            ],
            Content = content is null ? null : new SecretText(Encoding.UTF8.GetString(content)),
            Status = status,
            Shown = Show(request, url),
        };
    }

    private string Show(HttpRequestMessage request, Uri url)
    {
        var shown = new StringBuilder().Append(request.Method).Append(' ').Append(mask(url.GetLeftPart(UriPartial.Path)));
        var separator = '?';
        foreach (var pair in url.Query.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            shown.Append(separator).Append(mask(pair.Split('=')[0])).Append("=…");
            separator = '&';
        }

        return request.Content?.Headers.ContentType?.MediaType is { } type ? shown.Append(" (").Append(type).Append(')').ToString() : shown.ToString();
    }

    private sealed class Handler(RecordedTransport transport) : HttpMessageHandler
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            // As a transport does: a body that nobody took would count as a request that never left.
            var content = request.Content is null ? null : await request.Content.ReadAsByteArrayAsync(cancellationToken).ConfigureAwait(false);
            var answer = transport.Take(status => transport.Describe(request, content, status))
                ?? throw new HttpRequestException("The recorded answers have run out.");
            return AsResponse(answer, request);
        }

        [SuppressMessage("ApiDesign", "RS0030", Justification = "Headers as they were recorded, odd ones included; nothing of them reaches a wire.")]
        private static HttpResponseMessage AsResponse(TokenAnswer answer, HttpRequestMessage request)
        {
            var response = new HttpResponseMessage((HttpStatusCode)answer.StatusCode)
            {
                Content = new ByteArrayContent(answer.Body.ToArray()),
                RequestMessage = request,
            };
            foreach (var (name, values) in answer.Headers)
            {
                // A recorded length or coding is that of the wire; the recorded body is neither chunked nor compressed.
                if (!IsOfTheWire(name) && !response.Headers.TryAddWithoutValidation(name, values))
                {
                    response.Content.Headers.TryAddWithoutValidation(name, values);
                }
            }

            return response;
        }

        private static bool IsOfTheWire(string name) =>
            name.Equals("Content-Length", StringComparison.OrdinalIgnoreCase)
            || name.Equals("Content-Encoding", StringComparison.OrdinalIgnoreCase)
            || name.Equals("Transfer-Encoding", StringComparison.OrdinalIgnoreCase);
    }
}
