using TokenKit.Language.Expressions;
using TokenKit.Values;

namespace TokenKit.Refresh.Request;

/// <summary>The attempts of one request step: what they share and how many requests they were.</summary>
/// <remarks>Belongs to one refresh, whose attempts follow each other; not for several threads.</remarks>
internal sealed class AttemptRun(RefreshContext context, EvaluationContext values, bool mayCostStoredToken, int requestsBefore)
{
    public RefreshContext Context { get; } = context;

    public EvaluationContext Values { get; } = values;

    /// <summary>Whether a stored token leaves with each request, so that a lost answer may have cost it.</summary>
    public bool MayCostStoredToken { get; } = mayCostStoredToken;

    /// <summary>Requests of this refresh so far, those of earlier runs included.</summary>
    public int RequestsSent { get; set; } = requestsBefore;

    /// <summary>
    /// Whether the number of requests allows another. A refresh ahead of expiry makes one: nobody waits for it, so its next
    /// try may be the failure memory's, a second or more later, and an endpoint that is down is asked a third as often.
    /// </summary>
    /// <remarks>Where the definition limits requests, only after one of which the server has seen nothing.</remarks>
    public bool MaySendAnother =>
        (Context.Definition.Freshness.AtMostEvery is null || Last is null or { End: AttemptEnd.NeverLeft or AttemptEnd.Moved })
        && RequestsSent < (Context.Trigger is RefreshTrigger.Ahead ? 1 : Context.Definition.Resilience.Attempts);

    /// <summary>Ends the attempt before the deadline, where a strategy of the application's wants that.</summary>
    public CancellationToken Stop { get; set; }

    /// <summary>How the attempt before ended.</summary>
    public Attempt? Last { get; set; }
}

/// <summary>How one attempt ended.</summary>
/// <param name="Run">The attempts it belongs to.</param>
/// <param name="End">What is known about it, for the decision whether there is another.</param>
/// <param name="Result">What it hands over.</param>
internal sealed record Attempt(AttemptRun Run, AttemptEnd End, StepResult<ReceivedAnswer> Result)
{
    /// <summary>
    /// Whether the same may be sent once more, whoever wants it: a stored token only where the server has certainly not used it, a login
    /// only where it was not refused.
    /// </summary>
    public bool MayBeRepeated => Run.MaySendAnother && End switch
    {
        AttemptEnd.NeverLeft or AttemptEnd.Moved => true,
        AttemptEnd.Ambiguous => !Run.MayCostStoredToken,
        AttemptEnd.Answered when Run.Context.Exchange.Response.Success is null => Result.Value!.Answer.StatusCode switch
        {
            425 or 429 or 500 or 503 => true,
            408 or (> 500 and < 600) => !Run.MayCostStoredToken,
            _ => false,
        },
        _ => false,
    };

    // A record prints its members, and these hold an answer.
    public override string ToString() => $"attempt {Run.RequestsSent}: {End}";
}

/// <summary>What is known about an attempt that is over.</summary>
internal enum AttemptEnd
{
    /// <summary>An answer was read. Its status may still ask for another attempt.</summary>
    Answered,

    /// <summary>The endpoint that was asked is not there, nothing was spent, and the metadata name another one by now.</summary>
    Moved,

    /// <summary>The request certainly never left: no connection, no name, no handshake.</summary>
    NeverLeft,

    /// <summary>Nobody knows whether the server did its work.</summary>
    Ambiguous,

    /// <summary>Another attempt cannot help: nothing to send, a refused certificate, an answer that is not taken.</summary>
    Final,
}
