using TokenKit.Storage;

namespace TokenKit.Refresh.Persist;

/// <summary>The time that one call to the store under a lease may take, from when the store has a connection for it.</summary>
/// <remarks>How long it waits before that is a matter of the store's load, not of its health.</remarks>
internal sealed class PersistBudget : IDisposable
{
    private readonly TimeSpan _span;

    // With a timer by the given clock, which stands still until the budget begins.
    private readonly CancellationTokenSource _source;
    private int _hasBegun;

    public PersistBudget(TimeSpan span, TimeProvider time) =>
        (_span, _source) = (span, new CancellationTokenSource(Timeout.InfiniteTimeSpan, time));

    public bool HasBegun => Volatile.Read(ref _hasBegun) != 0;

    public CancellationToken Token => _source.Token;

    /// <summary>The turn of the call.</summary>
    public StoreTurn TurnOf(StoreUrgency urgency) => StoreTurn.Of(urgency, Begin);

    public void Dispose() => _source.Dispose();

    private void Begin()
    {
        if (Interlocked.Exchange(ref _hasBegun, 1) == 0)
        {
            _source.CancelAfter(_span);
        }
    }
}
