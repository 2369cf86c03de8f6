using TokenKit.Refresh.Request;

namespace TokenKit.Refresh;

/// <summary>What a refresh waits for now, in a sentence for whoever gives up waiting for it. Written by the refresh, read by others.</summary>
internal sealed class RefreshProgress
{
    // A text, or what gives one when somebody asks, which is seldom.
    private volatile object _now = "It has not sent its request yet.";

    public string Now
    {
        get => _now.ToString()!;
        set => _now = value;
    }

    /// <summary>A request has left.</summary>
    /// <param name="request">The request.</param>
    /// <param name="number">Counted from 1.</param>
    public void AwaitsAnswer(RequestNaming request, int number) => _now = new UnansweredRequest(request, number);

    private sealed class UnansweredRequest(RequestNaming request, int number)
    {
        public override string ToString() => $"{request.Request} (its request {number}) has not been answered yet.";
    }
}
