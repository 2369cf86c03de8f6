using System.Net;
using TokenKit.Testing;

namespace TokenKit.Simulation.Tests;

/// <summary>The way to the token endpoint: slow at random, and at the seed's rate refusing, failing or losing answers.</summary>
internal sealed class SimulatedNetwork(FakeTokenEndpoint endpoint, Moments moments, Random random, Trace trace, double faults)
    : DelegatingHandler(endpoint.CreateHandler()), IHttpClientFactory
{
    public HttpClient CreateClient(string name) => new(this, disposeHandler: false) { Timeout = Timeout.InfiniteTimeSpan };

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        await moments.PassAsync(500);
        if (random.NextDouble() < faults)
        {
            switch (random.Next(4))
            {
                case 0:
                    trace.Fault("connection refused");
                    endpoint.RefuseConnections();
                    break;
                case 1:
                    trace.Fault("lost before the server saw it");
                    endpoint.DropBefore();
                    break;
                case 2:
                    trace.Fault("answer lost", losesAnswer: true);
                    endpoint.DropAfter();
                    break;
                default:
                    trace.Fault("server failed");
                    endpoint.FailNext(HttpStatusCode.InternalServerError);
                    break;
            }
        }

        var answer = await base.SendAsync(request, cancellationToken);
        trace.Add($"answer {(int)answer.StatusCode}");
        await moments.PassAsync(500);
        return answer;
    }
}
