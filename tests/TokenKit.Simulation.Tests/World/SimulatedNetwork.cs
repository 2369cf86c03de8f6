using System.Net;
using TokenKit.Source;

namespace TokenKit.Simulation.Tests;

/// <summary>The way from one machine to the token endpoint. The server works on while a machine stands still.</summary>
internal sealed class SimulatedNetwork(World world, Machine machine, SimulatedServer server)
    : DelegatingHandler(server.Endpoint.CreateHandler()), IHttpClientFactory
{
    public HttpClient CreateClient(string name) => new(this, disposeHandler: false) { Timeout = Timeout.InfiniteTimeSpan };

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        // No await before this: between the last look at the deadline and the request's leaving the code cannot be stopped.
        var isUnasked = FlightScope.Current?.Order.Trigger is not (RefreshTrigger.Rejected or RefreshTrigger.Requested);
        var sending = world.History.Sent(machine.Name, isUnasked);
        var fault = world.Plan.AtRequest(++server.RequestsLeft);
        if (fault is { } kind)
        {
            world.History.Fault(kind, machine.Name, "strikes a request");
        }

        await world.PassAsync(300, cancellationToken);
        switch (fault)
        {
            case FaultKind.RefusedConnection:
                await machine.ReachAsync();
                throw new HttpRequestException(
                    HttpRequestError.ConnectionError, "refused", new System.Net.Sockets.SocketException((int)System.Net.Sockets.SocketError.ConnectionRefused));
            case FaultKind.LostRequest:
                await machine.ReachAsync();
                throw Broken();
            case FaultKind.ServerError:
                await machine.ReachAsync();
                return new HttpResponseMessage(HttpStatusCode.InternalServerError) { Content = new StringContent("") };
        }

        // Whoever has left does not keep the server from doing its work.
        var answer = await base.SendAsync(request, CancellationToken.None);
        server.Note(sending);
        await world.PassAsync(fault is FaultKind.SlowAnswer ? 20_000 : 300, cancellationToken);
        await machine.ReachAsync();
        return fault is FaultKind.LostAnswer ? throw Broken() : answer;
    }

    private static HttpRequestException Broken() =>
        new(HttpRequestError.ResponseEnded, "broken", new HttpIOException(HttpRequestError.ResponseEnded));
}
