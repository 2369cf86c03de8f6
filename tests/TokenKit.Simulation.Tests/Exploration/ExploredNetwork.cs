using TokenKit.Testing;

namespace TokenKit.Simulation.Tests;

/// <summary>The way of one worker to the server. A request arrives as it leaves; its answer waits for its turn.</summary>
/// <remarks>
/// The last look at the deadline and the request are one step: between them the code awaits nothing, and what the system may do
/// there, no client can know (docs/many-machines.md).
/// </remarks>
internal sealed class ExploredNetwork(ExploredRun run, Worker worker, FakeTokenEndpoint endpoint)
    : DelegatingHandler(endpoint.CreateHandler()), IHttpClientFactory
{
    public HttpClient CreateClient(string name) => new(this, disposeHandler: false) { Timeout = Timeout.InfiniteTimeSpan };

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var answer = await base.SendAsync(request, CancellationToken.None);
        var received = endpoint.Requests[^1];
        run.Redeemed(worker.Machine, received);
        if (await worker.TurnAsync(ExploredRun.Answer, cancellationToken) is Turn.Lost)
        {
            worker.Learn("the answer is lost");
            throw new HttpRequestException(HttpRequestError.ResponseEnded, "broken", new HttpIOException(HttpRequestError.ResponseEnded));
        }

        await worker.Machine.ReachAsync();
        worker.Learn($"answer {received.Outcome} {received.IssuedRefreshToken} {received.IssuedAccessToken}");
        return answer;
    }
}
