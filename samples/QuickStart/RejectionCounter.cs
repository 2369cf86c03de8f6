using System.Net;

namespace QuickStart;

/// <summary>How often the API refused a token.</summary>
internal sealed class Rejections
{
    private int _count;

    public int Count => Volatile.Read(ref _count);

    public void Add() => Interlocked.Increment(ref _count);
}

/// <summary>Counts answers of 401. It stands behind the token handler, so it also sees those that were answered by a resend.</summary>
internal sealed class RejectionCounter(Rejections rejections) : DelegatingHandler
{
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var response = await base.SendAsync(request, cancellationToken);
        if (response.StatusCode == HttpStatusCode.Unauthorized)
        {
            rejections.Add();
        }

        return response;
    }
}
