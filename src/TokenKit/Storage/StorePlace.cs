namespace TokenKit.Storage;

/// <summary>How urgent the calls of one piece of work are, a flight for example. It only rises, also while a call waits.</summary>
/// <remarks>
/// Handed on from call to call rather than kept in the execution context: what user code starts during a refresh would
/// inherit that, and keep it. Thread-safe.
/// </remarks>
internal sealed class StorePlace(StoreUrgency urgency)
{
    private readonly Lock _gate = new();
    private List<Action>? _waiting;
    private volatile StoreUrgency _urgency = urgency;

    public StoreUrgency Urgency => _urgency;

    /// <summary>Whether a call of this work waits for a connection.</summary>
    public bool IsWaiting
    {
        get
        {
            lock (_gate)
            {
                return _waiting is { Count: > 0 };
            }
        }
    }

    /// <summary>Makes it as urgent as this. Without effect where it is that already.</summary>
    public void Raise(StoreUrgency urgency)
    {
        Action[] waiting;
        lock (_gate)
        {
            if (urgency <= _urgency)
            {
                return;
            }

            _urgency = urgency;
            waiting = _waiting is null ? [] : [.. _waiting];
        }

        foreach (var raised in waiting)
        {
            raised();
        }
    }

    /// <summary>Begins to wait for a connection.</summary>
    /// <param name="raised">Called whenever the urgency rises while it waits.</param>
    public void Wait(Action raised)
    {
        lock (_gate)
        {
            (_waiting ??= []).Add(raised);
        }
    }

    /// <summary>Waits no longer.</summary>
    /// <param name="raised">The same as in <see cref="Wait"/>.</param>
    public void EndWait(Action raised)
    {
        lock (_gate)
        {
            _waiting?.Remove(raised);
        }
    }
}
