namespace TokenKit.Storage;

/// <summary>A store's share of connections, and who waits for one: the most urgent first, of those who came first.</summary>
/// <remarks>
/// In one queue for all, the write of a rotated refresh token would stand behind thousands of looks that can wait, for
/// longer than its lease. Thread-safe; nothing is completed under the lock.
/// </remarks>
/// <param name="connections">How many there are; 1 or more.</param>
/// <param name="completionOptions">Inline continuations only where a test runs everything on one thread.</param>
internal sealed class ConnectionShare(
    int connections, TaskCreationOptions completionOptions = TaskCreationOptions.RunContinuationsAsynchronously)
{
    private readonly Lock _gate = new();

    // One line for each urgency. While anybody stands in one of them, no connection is free.
    private readonly LinkedList<Waiter>[] _lines = [.. Enum.GetValues<StoreUrgency>().Select(static _ => new LinkedList<Waiter>())];
    private int _free = connections;

    /// <summary>Waits for a connection, which <see cref="Leave"/> gives back.</summary>
    public ValueTask EnterAsync(StorePlace place, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        Waiter waiter;
        lock (_gate)
        {
            if (_free > 0)
            {
                _free--;
                return ValueTask.CompletedTask;
            }

            waiter = new Waiter(place, completionOptions);
            LineOf(place).AddLast(waiter.Node);
        }

        return new ValueTask(WaitAsync(waiter, cancellationToken));
    }

    /// <summary>Gives a connection back, to whoever is next.</summary>
    public void Leave()
    {
        Waiter? next = null;
        lock (_gate)
        {
            for (var line = _lines.Length - 1; line >= 0 && next is null; line--)
            {
                next = _lines[line].First?.Value;
            }

            if (next is null)
            {
                _free++;
                return;
            }

            next.Node.List!.Remove(next.Node);
        }

        next.Came.TrySetResult();
    }

    private async Task WaitAsync(Waiter waiter, CancellationToken cancellationToken)
    {
        Action move = () => Move(waiter);
        waiter.Place.Wait(move);
        try
        {
            // It may have risen just before.
            move();
            using var leaving = cancellationToken.UnsafeRegister((_, token) => GiveUp(waiter, token), null);
            await waiter.Came.Task.ConfigureAwait(false);
        }
        finally
        {
            waiter.Place.EndWait(move);
        }
    }

    private void Move(Waiter waiter)
    {
        lock (_gate)
        {
            if (waiter.Node.List is { } line && line != LineOf(waiter.Place))
            {
                line.Remove(waiter.Node);
                LineOf(waiter.Place).AddLast(waiter.Node);
            }
        }
    }

    private void GiveUp(Waiter waiter, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            if (waiter.Node.List is not { } line)
            {
                // It has its connection already, and gives it back.
                return;
            }

            line.Remove(waiter.Node);
        }

        waiter.Came.TrySetCanceled(cancellationToken);
    }

    private LinkedList<Waiter> LineOf(StorePlace place) => _lines[(int)place.Urgency];

    private sealed class Waiter
    {
        public Waiter(StorePlace place, TaskCreationOptions completionOptions)
        {
            Place = place;
            Came = new TaskCompletionSource(completionOptions);
            Node = new LinkedListNode<Waiter>(this);
        }

        public StorePlace Place { get; }

        public TaskCompletionSource Came { get; }

        public LinkedListNode<Waiter> Node { get; }
    }
}
