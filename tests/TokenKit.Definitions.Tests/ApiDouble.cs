using System.Net;

namespace TokenKit.Definitions.Tests;

/// <summary>An API in process: it takes every call, apart from those that a test has it refuse, and keeps what it was sent.</summary>
internal sealed class ApiDouble : HttpMessageHandler
{
    private readonly Queue<Func<HttpResponseMessage>> _refusals = new();

    public List<ApiCall> Calls { get; } = [];

    public void RefuseOnce(Func<HttpResponseMessage> answer) => _refusals.Enqueue(answer);

    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        Calls.Add(new ApiCall(
            request.RequestUri!.AbsoluteUri,
            request.Headers.NonValidated.ToDictionary(
                static header => header.Key, static header => header.Value.ToString(), StringComparer.OrdinalIgnoreCase)));
        return Task.FromResult(_refusals.TryDequeue(out var refusal) ? refusal() : new HttpResponseMessage(HttpStatusCode.OK));
    }
}

/// <summary>A call as it arrived.</summary>
internal sealed record ApiCall(string Url, IReadOnlyDictionary<string, string> Headers)
{
    public override string ToString() => string.Join('\n', [Url, .. Headers.Select(static header => $"{header.Key}: {header.Value}")]);
}
