using System.Net;
using System.Text;

namespace TokenKit.Tests;

/// <summary>Answers in order, written as status and headers, a blank line, and the body.</summary>
internal sealed class ScriptedServer : HttpMessageHandler
{
    private readonly Queue<string> _answers = [];

    public List<ScriptedRequest> Requests { get; } = [];

    public ScriptedServer Then(string answer)
    {
        _answers.Enqueue(answer);
        return this;
    }

    /// <summary>Runs just before an answer is given; the number counts requests from 1.</summary>
    public Action<int> BeforeAnswer { get; set; } = static _ => { };

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var headers = request.Headers.Concat(request.Content?.Headers ?? Enumerable.Empty<KeyValuePair<string, IEnumerable<string>>>())
            .ToDictionary(header => header.Key, header => string.Join(", ", header.Value), StringComparer.OrdinalIgnoreCase);
        if (request.Headers.Authorization is { } authorization)
        {
            headers["Authorization"] = authorization.ToString();
        }

        var body = request.Content is null ? "" : await request.Content.ReadAsStringAsync(cancellationToken);
        Requests.Add(new ScriptedRequest(request.Method.Method, request.RequestUri!.AbsoluteUri, headers, body));
        BeforeAnswer(Requests.Count);
        return _answers.TryDequeue(out var answer) ? Read(answer) : new HttpResponseMessage(HttpStatusCode.OK);
    }

    private static HttpResponseMessage Read(string text)
    {
        var parts = text.TrimEnd('\n').Split("\n\n", 2);
        var lines = parts[0].Split('\n');
        var response = new HttpResponseMessage((HttpStatusCode)int.Parse(lines[0], System.Globalization.CultureInfo.InvariantCulture))
        {
            Content = new ByteArrayContent(Encoding.UTF8.GetBytes(parts.Length > 1 ? parts[1] : "")),
        };
        foreach (var header in lines[1..])
        {
            var name = header[..header.IndexOf(':', StringComparison.Ordinal)];
            if (!response.Headers.TryAddWithoutValidation(name, header[(name.Length + 2)..]))
            {
                response.Content.Headers.TryAddWithoutValidation(name, header[(name.Length + 2)..]);
            }
        }

        return response;
    }
}

/// <summary>A request as it was sent.</summary>
internal sealed record ScriptedRequest(string Method, string Url, IReadOnlyDictionary<string, string> Headers, string Body);
