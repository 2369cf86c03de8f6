using System.Diagnostics.CodeAnalysis;

namespace TokenKit;

/// <summary>The state of one token key in this process: its token, its flight, its memory of failures.</summary>
/// <remarks>
/// <see cref="Current"/> is written under the lock and read without it: a token is immutable, and a reader that sees the
/// reference sees all of it. Everything else is under the lock, which is held for a few statements and never across an
/// await or foreign code.
/// </remarks>
internal sealed class TokenSlot(TokenKey key, AccessToken? known = null)
{
    private readonly Lock _gate = new();
    private volatile AccessToken? _current = known;
    private volatile bool _isRetired;
    private bool _isUsed;
    private TokenFlight? _flight;
    private LeasedRecord? _unsaved;
    private FailureMemory? _failure;
    private Forced? _lastForced;
    private long _generation = known?.Generation ?? 0;
    private WriteOrder _written;

    public TokenKey Key { get; } = key;

    /// <summary>The newest token this process knows, usable or not.</summary>
    public AccessToken? Current => _current;

    /// <summary>Whether a sweep has taken it away: another slot is in its place, and no flight begins here any more.</summary>
    public bool IsRetired => _isRetired;

    /// <summary>Marks it as in use, for the next sweep. Written once between two sweeps: a write at each use would be shared by all threads.</summary>
    public void Use()
    {
        if (!Volatile.Read(ref _isUsed))
        {
            Volatile.Write(ref _isUsed, true);
        }
    }

    /// <summary>Ends it, if nobody used it since the last call and nothing in it would be missed.</summary>
    public bool TryRetire(ClockReading now, TimeSpan floor, TimeProvider time)
    {
        if (Volatile.Read(ref _isUsed))
        {
            Volatile.Write(ref _isUsed, false);
            return false;
        }

        lock (_gate)
        {
            if (_flight is not null
                || _unsaved is not null
                || _failure?.LeftAt(now, time) > TimeSpan.Zero
                || (_lastForced is { } last && now.ElapsedSince(last.At, time) < floor))
            {
                return false;
            }

            return _isRetired = true;
        }
    }

    /// <summary>The remembered failure, where the last refresh failed.</summary>
    public FailureMemory? Failure
    {
        get
        {
            lock (_gate)
            {
                return _failure;
            }
        }
    }

    /// <summary>The flight under way, if there is one.</summary>
    public TokenFlight? Flight
    {
        get
        {
            lock (_gate)
            {
                return _flight;
            }
        }
    }

    /// <summary>Joins the flight that is under way, or makes the one that the caller must start.</summary>
    /// <param name="order">What a new flight is for.</param>
    /// <param name="create">Makes a flight.</param>
    /// <param name="flight">The flight; <see langword="null"/> when the slot is retired.</param>
    /// <returns><see langword="true"/> when the caller must start <paramref name="flight"/>.</returns>
    public bool JoinOrCreate(FlightOrder order, Func<TokenSlot, FlightOrder, TokenFlight> create, out TokenFlight? flight)
    {
        lock (_gate)
        {
            if (_isRetired)
            {
                flight = null;
                return false;
            }

            if (_flight is { } running)
            {
                flight = running;
                return false;
            }

            flight = _flight = create(this, order);
            return true;
        }
    }

    /// <summary>
    /// As <see cref="JoinOrCreate"/>, for a token that was rejected: makes nothing when a newer token has come meanwhile, nor
    /// when the last forced refresh is not an interval ago. One decision under one lock: between a look at the floor and the
    /// start of a flight, another caller would find neither a flight nor leave to make one.
    /// </summary>
    /// <returns><see langword="true"/> when the caller must start <paramref name="flight"/>.</returns>
    public bool JoinOrCreateForced(
        FlightOrder order, Func<TokenSlot, FlightOrder, TokenFlight> create, ClockReading now, TimeSpan interval, TimeProvider time,
        out TokenFlight? flight)
    {
        lock (_gate)
        {
            flight = _flight;
            if (flight is not null
                || _isRetired
                || !ReferenceEquals(_current, order.Unwanted)
                || (_lastForced is { } last && now.ElapsedSince(last.At, time) < interval))
            {
                return false;
            }

            _lastForced = new Forced(now);
            flight = _flight = create(this, order);
            return true;
        }
    }

    /// <summary>Makes a token the current one.</summary>
    public AccessToken Publish(UsableToken token, string correlationId)
    {
        lock (_gate)
        {
            _failure = null;
            _written = token.Written;
            if (_current is { } known && known.IsSameTokenAs(token.Set) && known.Set.ObtainedAt >= token.Set.ObtainedAt)
            {
                // The same token read again is the same generation: what an API refused stays recognisable.
                return known;
            }

            return _current = new AccessToken(Key, token.Set, ++_generation, correlationId, token.Life, token.Placed);
        }
    }

    /// <summary>Whether the current token still works and was written, or is about to be, after what was read from the store.</summary>
    public bool HoldsNewerThan(WriteOrder written, ClockReading now)
    {
        lock (_gate)
        {
            return _current is { } current && current.Life.At(now) is not Freshness.Expired && _written.CompareTo(written) > 0;
        }
    }

    /// <summary>A token that serves the callers of one flight and is not kept.</summary>
    public AccessToken ForOneFlight(UsableToken token, string correlationId)
    {
        lock (_gate)
        {
            return new AccessToken(Key, token.Set, ++_generation, correlationId, token.Life, token.Placed);
        }
    }

    public void Remember(FailureMemory failure)
    {
        lock (_gate)
        {
            _failure = failure;
        }
    }

    /// <summary>Forgets the token and the failure, because what is stored was replaced or removed.</summary>
    public void Forget()
    {
        lock (_gate)
        {
            _current = null;
            _written = default;
            _failure = null;
            _lastForced = null;
        }
    }

    /// <summary>Whether a token set waits to be written.</summary>
    public bool HasUnsaved
    {
        get
        {
            lock (_gate)
            {
                return _unsaved is not null;
            }
        }
    }

    /// <summary>Takes over what an earlier flight could not write, with its lease.</summary>
    public bool TryTakeUnsaved([NotNullWhen(true)] out LeasedRecord? record)
    {
        lock (_gate)
        {
            _isUsed = true;
            record = _unsaved;
            _unsaved = null;
            return record is not null;
        }
    }

    /// <summary>Leaves what could not be written for the background, or for the next flight if that comes first.</summary>
    public void LeaveUnsaved(LeasedRecord record)
    {
        lock (_gate)
        {
            _unsaved = record;
        }
    }

    /// <summary>Ends a flight's hold on the slot. By reference: a late flight never removes its successor.</summary>
    public void Clear(TokenFlight flight)
    {
        lock (_gate)
        {
            if (ReferenceEquals(_flight, flight))
            {
                _flight = null;
            }
        }
    }

    // Apart, because few of many slots ever have one.
    private sealed record Forced(ClockReading At);
}
