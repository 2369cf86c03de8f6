using System.Diagnostics;

namespace TokenKit;

/// <summary>One refresh under way: what its starter and everyone who joins share.</summary>
/// <remarks>
/// It belongs to no caller: it has no caller's cancellation and no caller's execution context. Waiters wait with their own
/// token; their leaving never ends it, because a request on its way may have rotated the refresh token.
/// </remarks>
internal sealed class TokenFlight
{
    private readonly TaskCompletionSource<RefreshResult> _completion;
    private readonly TaskCompletionSource _ended;

    public TokenFlight(TokenSlot slot, FlightOrder order, string correlationId, TaskCreationOptions completionOptions)
    {
        Slot = slot;
        Order = order;
        CorrelationId = correlationId;
        _completion = new TaskCompletionSource<RefreshResult>(completionOptions);
        _ended = new TaskCompletionSource(completionOptions);
    }

    public TokenSlot Slot { get; }

    public FlightOrder Order { get; }

    public string CorrelationId { get; }

    /// <summary>The span of this refresh, once it runs and somebody listens; waiters link to it.</summary>
    public ActivityContext Span { get; set; }

    /// <summary>Ends when callers can be served, or when it is certain that they cannot. Never faulted.</summary>
    public Task<RefreshResult> Completion => _completion.Task;

    /// <summary>Ends when the lease is given back and the slot is free for another flight. Never faulted.</summary>
    public Task Ended => _ended.Task;

    public void Complete(RefreshResult result) => _completion.TrySetResult(result);

    public void End()
    {
        Slot.Clear(this);
        _ended.TrySetResult();
    }
}

/// <summary>What a flight is started for.</summary>
/// <param name="Trigger">Why.</param>
/// <param name="Unwanted">The token that must not come back: the one an API refused, or that is to be replaced.</param>
/// <param name="Force">Whether a stored token that was there before the flight began does not do.</param>
/// <param name="StartedBy">The starter's span, to link to.</param>
internal sealed record FlightOrder(
    RefreshTrigger Trigger, AccessToken? Unwanted = null, bool Force = false, ActivityContext StartedBy = default);
