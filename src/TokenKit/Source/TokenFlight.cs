using System.Diagnostics;
using TokenKit.Refresh;
using TokenKit.Storage;
using TokenKit.Values;
using TokenKit.Work;

namespace TokenKit.Source;

/// <summary>One refresh under way: what its starter and everyone who joins share.</summary>
/// <remarks>
/// It belongs to no caller: it has no caller's cancellation and no caller's execution context. Waiters wait with their own
/// token; their leaving never ends it, because a request on its way may have rotated the refresh token.
/// </remarks>
internal sealed class TokenFlight
{
    private readonly Broadcast<RefreshResult> _completion;
    private readonly Broadcast<TokenFlight> _outOfLine;
    private readonly Broadcast<TokenFlight> _ended;
    private volatile TokenFlight? _ahead;

    public TokenFlight(TokenSlot slot, FlightOrder order, RefreshMark mark, TaskCreationOptions completionOptions)
    {
        Slot = slot;
        Order = order;
        Mark = mark;
        CorrelationId = mark.ToString();
        Place = new StorePlace(order.Urgency);
        _completion = new Broadcast<RefreshResult>(completionOptions);
        _outOfLine = new Broadcast<TokenFlight>(completionOptions);
        _ended = new Broadcast<TokenFlight>(completionOptions);
    }

    public TokenSlot Slot { get; }

    public FlightOrder Order { get; }

    public RefreshMark Mark { get; }

    public string CorrelationId { get; }

    /// <summary>How urgent its calls to the store are: more when a caller joins, most while it holds the lease.</summary>
    public StorePlace Place { get; }

    /// <summary>What it waits for now.</summary>
    public RefreshProgress Progress { get; } = new();

    /// <summary>The span of this refresh, once it runs and somebody listens; waiters link to it.</summary>
    public ActivityContext Span { get; set; }

    /// <summary>For which flights this one waits. Touched by <see cref="FlightScope"/> alone, under its lock.</summary>
    public List<FlightWait>? Waits { get; set; }

    public bool IsEnded => _ended.IsSent;

    public bool HasPassed(FlightMoment moment) => moment switch
    {
        FlightMoment.Completed => _completion.IsSent,
        FlightMoment.OutOfLine => _outOfLine.IsSent,
        _ => _ended.IsSent,
    };

    /// <summary>Waits until callers can be served, or it is certain that they cannot. Only the waiter's own cancellation throws.</summary>
    /// <exception cref="TokenRingException">The caller is inside a flight that this one waits for, or inside this one.</exception>
    public Task<RefreshResult> CompletionAsync(CancellationToken cancellationToken) =>
        FlightScope.Current is { } waiter
            ? FlightScope.WaitAsync(waiter, new FlightWait(this, FlightMoment.Completed, cancellationToken), static wait => wait.For._completion.WaitAsync(wait.CancellationToken))
            : _completion.WaitAsync(cancellationToken);

    /// <summary>Waits in the line of a record until another flight needs it no more.</summary>
    /// <exception cref="TokenRingException">That flight waits for this one.</exception>
    public async Task WaitInLineAsync(TokenFlight ahead)
    {
        _ahead = ahead;
        ahead.Raise(Order.Urgency);
        try
        {
            var wait = new FlightWait(ahead, FlightMoment.OutOfLine, CancellationToken.None);
            await FlightScope.WaitAsync(this, wait, static wait => wait.For._outOfLine.WaitAsync(CancellationToken.None)).ConfigureAwait(false);
        }
        finally
        {
            _ahead = null;
        }
    }

    /// <summary>Makes its calls to the store more urgent, and those of the flights that it waits for in line.</summary>
    public void Raise(StoreUrgency urgency)
    {
        for (var flight = this; flight is not null; flight = flight._ahead)
        {
            flight.Place.Raise(urgency);
        }
    }

    /// <summary>Waits until the lease is given back and the slot is free for another flight.</summary>
    /// <exception cref="TokenRingException">The caller is inside a flight that this one waits for, or inside this one.</exception>
    public Task EndAsync(CancellationToken cancellationToken) =>
        FlightScope.Current is { } waiter
            ? FlightScope.WaitAsync(waiter, new FlightWait(this, FlightMoment.Ended, cancellationToken), static wait => wait.For._ended.WaitAsync(wait.CancellationToken))
            : _ended.WaitAsync(cancellationToken);

    public void Complete(RefreshResult result) => _completion.Send(result);

    /// <summary>Lets the next in the line of its record begin.</summary>
    public void LeaveLine() => _outOfLine.Send(this);

    public void End()
    {
        Slot.Clear(this);
        _ended.Send(this);
    }
}

/// <summary>What a flight is started for.</summary>
/// <param name="Trigger">Why.</param>
/// <param name="Unwanted">The token that must not come back: the one an API refused, or that is to be replaced.</param>
/// <param name="Force">Whether a stored token that was there before the flight began does not do.</param>
/// <param name="StartedBy">The starter's span, to link to.</param>
internal sealed record FlightOrder(
    RefreshTrigger Trigger, AccessToken? Unwanted = null, bool Force = false, ActivityContext StartedBy = default)
{
    /// <summary>Nobody waits for what is renewed ahead of its expiry.</summary>
    public StoreUrgency Urgency => Trigger is RefreshTrigger.Scheduled or RefreshTrigger.Ahead ? StoreUrgency.Background : StoreUrgency.Caller;

    /// <summary>Whether what is stored is to be looked at and nothing sent.</summary>
    public bool LooksOnly { get; init; }

    /// <summary>Whether the token in hand, while it works, is to be placed and nothing else.</summary>
    public bool PlacesOnly { get; init; }
}
