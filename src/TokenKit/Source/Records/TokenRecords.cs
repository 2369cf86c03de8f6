using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using TokenKit.Refresh.Persist;
using TokenKit.Values;
using TokenKit.Work;

namespace TokenKit.Source.Records;

/// <summary>
/// What a process keeps once for each stored record, whichever of its registrations use it: the line of flights, what is in
/// hand, the dead grant, the floor between forced refreshes, the limit of requests. Only while there is something to keep.
/// </summary>
/// <remarks>
/// On a slot of its own, each registration of one record would send a refresh token that the process knows to be spent. One
/// lock for all records: it is taken a few times in a flight, never on a hit, and nothing is awaited or called under it.
/// It may be taken under a slot's lock, never the other way round. Thread-safe.
/// </remarks>
internal sealed class TokenRecords
{
    private readonly Lock _gate = new();
    private readonly Dictionary<RecordKey, RecordState> _states = [];
    private ImmutableArray<IRecordSharer> _sharers = [];

    /// <summary>The number of records of which anything is kept.</summary>
    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _states.Count;
            }
        }
    }

    public void Join(IRecordSharer sharer) => ImmutableInterlocked.Update(ref _sharers, static (all, one) => all.Add(one), sharer);

    public void Leave(IRecordSharer sharer) => ImmutableInterlocked.Update(ref _sharers, static (all, one) => all.Remove(one), sharer);

    /// <summary>The registrations whose token sets of a subject are stored in one record, whoever they are.</summary>
    public IEnumerable<IRecordSharer> SharersOf(RecordKey record)
    {
        foreach (var sharer in _sharers)
        {
            if (sharer.RecordOf(record.Key.Subject) == record)
            {
                yield return sharer;
            }
        }
    }

    /// <summary>Puts a flight at the end of its record's line.</summary>
    /// <returns>The flight before it, which it waits for; <see langword="null"/> where its turn has come.</returns>
    public TokenFlight? EnterLine(RecordKey record, TokenFlight flight)
    {
        lock (_gate)
        {
            var state = StateOf(record);
            var before = state.LastInLine;
            state.LastInLine = flight;
            return before;
        }
    }

    public void LeaveLine(RecordKey record, TokenFlight flight) => Change(record, flight, static (state, flight) =>
    {
        if (ReferenceEquals(state.LastInLine, flight))
        {
            state.LastInLine = null;
        }
    });

    /// <summary>Whether a token set waits to be written, or is being written again.</summary>
    public bool HasUnsaved(RecordKey record)
    {
        lock (_gate)
        {
            return _states.GetValueOrDefault(record)?.Unsaved is not null;
        }
    }

    /// <summary>
    /// Takes over what an earlier flight could not write, with its lease. Whoever takes it leaves it again or ends it; until
    /// then nobody else gets it, and it still counts as unsaved.
    /// </summary>
    /// <param name="record">The record.</param>
    /// <param name="writing">The attempt it is taken for, where that is one of the background: flights wait for it.</param>
    /// <param name="unsaved">What could not be written.</param>
    public bool TryTakeUnsaved(RecordKey record, Broadcast<LeasedRecord>? writing, [NotNullWhen(true)] out LeasedRecord? unsaved)
    {
        lock (_gate)
        {
            unsaved = _states.GetValueOrDefault(record)?.TakeUnsaved(writing);
            return unsaved is not null;
        }
    }

    /// <summary>
    /// As <see cref="TryTakeUnsaved"/>, for a flight in its turn: while the background tries to write, what is stored is known to be old,
    /// and a flight that began from it would send a refresh token that is spent; afterwards it gives back the lease that the flight needs.
    /// </summary>
    /// <returns><see langword="null"/> where nothing is unsaved.</returns>
    public async ValueTask<LeasedRecord?> TakeUnsavedAsync(RecordKey record)
    {
        while (true)
        {
            if (TryTakeUnsaved(record, writing: null, out var unsaved))
            {
                return unsaved;
            }

            Broadcast<LeasedRecord>? writing;
            lock (_gate)
            {
                writing = _states.GetValueOrDefault(record)?.Writing;
            }

            if (writing is null)
            {
                return null;
            }

            await writing.WaitAsync(CancellationToken.None).ConfigureAwait(false);
        }
    }

    /// <summary>Leaves what could not be written for the background, or for the next flight if that comes first.</summary>
    public void LeaveUnsaved(RecordKey record, LeasedRecord unsaved)
    {
        lock (_gate)
        {
            StateOf(record).LeaveUnsaved(unsaved);
        }
    }

    /// <summary>What was taken is written, or never will be. Without effect for what was not unsaved.</summary>
    public void EndUnsaved(RecordKey record, LeasedRecord unsaved) =>
        Change(record, unsaved, static (state, unsaved) => state.EndUnsaved(unsaved));

    /// <summary>The attempt of the background is over, lease and all, and those who wait for it go on.</summary>
    /// <param name="record">The record.</param>
    /// <param name="writing">The attempt.</param>
    /// <param name="unsaved">What it was to write.</param>
    public void EndWriting(RecordKey record, Broadcast<LeasedRecord> writing, LeasedRecord unsaved)
    {
        Change(record, writing, static (state, writing) => state.EndWriting(writing));
        writing.Send(unsaved);
    }

    public DeadGrant? DeadGrantOf(RecordKey record)
    {
        lock (_gate)
        {
            return _states.GetValueOrDefault(record)?.Dead;
        }
    }

    public void RememberDead(RecordKey record, DeadGrant dead)
    {
        lock (_gate)
        {
            StateOf(record).Dead = dead;
        }
    }

    /// <summary>The grant lives: a token came of it.</summary>
    public void Revive(RecordKey record) => Change(record, 0, static (state, _) => state.Dead = null);

    /// <summary>Allows a forced refresh, unless there was one less than an interval ago.</summary>
    public bool TryForce(RecordKey record, TimeSpan interval, ClockReading now, TimeProvider time)
    {
        lock (_gate)
        {
            if (_states.GetValueOrDefault(record)?.LastForced is { } last && now.ElapsedSince(last, time) < interval)
            {
                return false;
            }

            StateOf(record).LastForced = now;
            return true;
        }
    }

    /// <summary>Allows no request for a while.</summary>
    public void HoldRequests(RecordKey record, ClockReading from, TimeSpan wait)
    {
        lock (_gate)
        {
            StateOf(record).RequestHold = (from, wait);
        }
    }

    /// <summary>Allows requests again, where the one for which they were held was none.</summary>
    public void EndRequestHold(RecordKey record) => Change(record, 0, static (state, _) => state.RequestHold = null);

    /// <summary>How long no request may be made; zero where one may. Whatever is put in or removed does not end it.</summary>
    public TimeSpan RequestWait(RecordKey record, ClockReading now, TimeProvider time)
    {
        lock (_gate)
        {
            if (_states.GetValueOrDefault(record) is not { RequestHold: { } hold } state)
            {
                return TimeSpan.Zero;
            }

            var left = hold.Wait - now.ElapsedSince(hold.From, time);
            if (left > TimeSpan.Zero)
            {
                return left;
            }

            state.RequestHold = null;
            if (state.IsEmpty)
            {
                _states.Remove(record);
            }

            return TimeSpan.Zero;
        }
    }

    /// <summary>The record was replaced or removed. The line, what is unsaved and the limit of requests stay.</summary>
    public void Forget(RecordKey record) => Change(record, 0, static (state, _) => (state.Dead, state.LastForced) = (null, null));

    // Under the lock, as all that follows.
    private RecordState StateOf(RecordKey record)
    {
        if (!_states.TryGetValue(record, out var state))
        {
            _states.Add(record, state = new RecordState());
        }

        return state;
    }

    // Takes the lock, unlike the others.
    private void Change<T>(RecordKey record, T with, Action<RecordState, T> change)
    {
        lock (_gate)
        {
            if (_states.TryGetValue(record, out var state))
            {
                change(state, with);
                if (state.IsEmpty)
                {
                    _states.Remove(record);
                }
            }
        }
    }
}
