using TokenKit.Language.Expressions;
using TokenKit.Values;

namespace TokenKit.Refresh.Request;

/// <summary>What the request step hands to the map step.</summary>
/// <param name="Answer">The answer, nothing interpreted.</param>
/// <param name="SentAt">Just before the request left: lifetimes count from here, by the local clocks.</param>
/// <param name="Values">The values the request was made of, with the credentials resolved.</param>
internal sealed record ReceivedAnswer(TokenAnswer Answer, ClockReading SentAt, EvaluationContext Values)
{
    /// <summary>Requests this refresh has made so far, this one included.</summary>
    public int RequestsSent { get; init; } = 1;

    /// <summary>The request as a signer left it, where one did: what it wrote may come back in the answer.</summary>
    public HttpRequestMessage? Signed { get; init; }

    /// <summary>The proxy on the way, where the answer is one that proxies give.</summary>
    public ProxyInUse? Proxy { get; init; }

    public override string ToString() => Answer.ToString();
}
