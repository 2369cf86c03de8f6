using System.Diagnostics.CodeAnalysis;
using TokenKit.Placement;
using TokenKit.Refresh.Persist;
using TokenKit.Source.Flight;
using TokenKit.Storage;
using TokenKit.Values;

namespace TokenKit.Source;

/// <summary>The state of one token key in this process: its token, its flight, its memory of failures.</summary>
/// <remarks>
/// <para>
/// <see cref="Current"/> is written under the lock and read without it: a token is immutable, and a reader that sees the
/// reference sees all of it. Everything else is under the lock, which is held for a few statements and never across an
/// await or foreign code.
/// </para>
/// <para>There may be a hundred thousand: what only few have at a time is in <see cref="PassingState"/>, and goes with its reason.</para>
/// </remarks>
internal sealed class TokenSlot
{
    private readonly TokenGroup _group;
    private readonly string _subject;
    private volatile AccessToken? _current;

    // A PassingState, or what that would have in Known alone: most of many keys have neither.
    private object? _aside;
    private long _writtenEpoch;
    private int _writtenSequence;
    private volatile bool _isRetired;
    private bool _isUsed;

    /// <param name="group">What it shares with the other keys of its registration.</param>
    /// <param name="subject">Whose token; empty for the registration's own.</param>
    /// <param name="known">The token, where a former slot of this key left one.</param>
    public TokenSlot(TokenGroup group, string subject, AccessToken? known = null) =>
        (_group, _subject, _current) = (group, subject, known);

    public TokenKey Key => new(_group.Name, _subject);

    /// <summary>The newest token this process knows, usable or not.</summary>
    public AccessToken? Current => _current;

    /// <summary>The current token together with the place of its write, done or still to be done.</summary>
    public (AccessToken Token, WriteOrder Written)? Held
    {
        get
        {
            lock (Gate)
            {
                return _current is { } current ? (current, Written) : null;
            }
        }
    }

    /// <summary>The record that holds the current token, as it was stored last; <see langword="null"/> where that is not known, or costs nothing to read.</summary>
    public StoredTokenSet? Known
    {
        get
        {
            lock (Gate)
            {
                return _aside is PassingState passing ? passing.Known : (StoredTokenSet?)_aside;
            }
        }

        private set
        {
            if (_aside is PassingState passing)
            {
                passing.Known = value;
            }
            else
            {
                _aside = value;
            }
        }
    }

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

        lock (Gate)
        {
            if (Present?.WouldBeMissed(now, floor, time) is true || HasUnsaved || _group.Records.HoldsRequests(Key, now, time))
            {
                return false;
            }

            _group.Records.Forget(Key);
            return _isRetired = true;
        }
    }

    /// <summary>The remembered failure, where the last refresh failed.</summary>
    public FailureMemory? Failure => Read(static passing => passing.Failure);

    /// <summary>The remembered failure to place the current token, which concerns calls and no refresh.</summary>
    public FailureMemory? PlacementFailure => Read(static passing => passing.PlacementFailure);

    /// <summary>The token before the current one, while that cannot be placed: calls can carry it as long as it works.</summary>
    public AccessToken? Former => Read(static passing => passing.Former);

    /// <summary>The flight under way, if there is one.</summary>
    public TokenFlight? Flight => Read(static passing => passing.Flight);

    /// <summary>Joins the flight that is under way, or makes the one that the caller must start.</summary>
    /// <param name="order">What a new flight is for.</param>
    /// <param name="create">Makes a flight.</param>
    /// <param name="flight">The flight; <see langword="null"/> when the slot is retired.</param>
    /// <returns><see langword="true"/> when the caller must start <paramref name="flight"/>.</returns>
    public bool JoinOrCreate(FlightOrder order, Func<TokenSlot, FlightOrder, TokenFlight> create, out TokenFlight? flight)
    {
        lock (Gate)
        {
            if (_isRetired)
            {
                flight = null;
                return false;
            }

            if (Present?.Flight is { } running)
            {
                flight = running;
                return false;
            }

            flight = Passing().Flight = create(this, order);
            return true;
        }
    }

    /// <summary>
    /// As <see cref="JoinOrCreate"/>, for a token that was rejected: makes nothing when a newer token has come meanwhile, nor
    /// when the last forced refresh is not an interval ago. Where another registration of the record forced one, what that
    /// brought is looked for, and no more. One decision under one lock: between a look at the floor and the start of a flight,
    /// another caller would find neither a flight nor leave to make one.
    /// </summary>
    /// <returns><see langword="true"/> when the caller must start <paramref name="flight"/>.</returns>
    public bool JoinOrCreateForced(
        FlightOrder order, Func<TokenSlot, FlightOrder, TokenFlight> create, ClockReading now, TimeSpan interval, TimeProvider time,
        out TokenFlight? flight)
    {
        lock (Gate)
        {
            flight = Present?.Flight;

            // Another token is a newer one; the rejected one that another process was handed once more is none.
            if (flight is not null
                || _isRetired
                || !(ReferenceEquals(_current, order.Unwanted) || _current?.IsSameTokenAs(order.Unwanted) is true))
            {
                return false;
            }

            interval = Present?.FloorAfterRefusalOf(order.Unwanted, interval) ?? interval;
            if (Present?.IsForcedWithin(interval, now, time) is true)
            {
                return false;
            }

            var passing = Passing();
            passing.LastForced = now;
            flight = passing.Flight = create(this, _group.Records.TryForce(Key, interval, now, time) ? order : order with { LooksOnly = true });
            return true;
        }
    }

    /// <summary>Makes a token the current one.</summary>
    public AccessToken Publish(UsableToken token, RefreshMark mark)
    {
        lock (Gate)
        {
            Drop(static passing => passing.Failure = null);
            (Written, Known) = (token.Written, token.Known);
            if (_current is { } known && known.IsSameTokenAs(token.Set) && known.Set.ObtainedAt >= token.Set.ObtainedAt)
            {
                // The same token read again is the same generation: what an API refused stays recognisable.
                known.Place(token.Placed);
                if (known.Life.IsDueAtOnce != token.Life.IsDueAtOnce)
                {
                    known.TakeLife(token.Life);
                }

                return known;
            }

            if (token.Placed is not null)
            {
                Drop(static passing => passing.EndPlacementWait());
            }
            else if (_current is { IsPlaced: true } former && Present?.Flight?.Order is not { Trigger: RefreshTrigger.Rejected })
            {
                Passing().Former = former;
            }

            _current = Next(token, mark);
            if (Present?.Flight?.Order is { Trigger: RefreshTrigger.Rejected })
            {
                _current.Doubt();
            }

            Drop(static passing => (passing.Generation, passing.GivenUp) = (0, null));
            return _current;
        }
    }

    /// <summary>Takes the present definition for what it is: a token that it does not mean is not served any more, or is due at once.</summary>
    /// <returns>Whether anything changed.</returns>
    public bool Judge(DefinitionWatch watch, TimeProvider time)
    {
        lock (Gate)
        {
            if (_current is not { } current)
            {
                return false;
            }

            var standing = watch.StandingOf(current.Set, _subject);
            if (standing is RecordStanding.Nothing)
            {
                Passing().Generation = current.Generation;
                (_current, Written, Known) = (null, default, null);
                Drop(static passing => (passing.Former, passing.PlacementFailure) = (null, null));
                return true;
            }

            var isDueAtOnce = standing is RecordStanding.DueAtOnce;
            if (current.Life.IsDueAtOnce == isDueAtOnce)
            {
                return false;
            }

            var life = TokenLife.Of(current.Set, ClockReading.Now(time), time);
            current.TakeLife(isDueAtOnce ? life.DueAtOnce() : life);
            return true;
        }
    }

    /// <summary>The definition means another grant: what a person was to do about the former one is of no matter.</summary>
    public void EndMemoryOfGrant()
    {
        lock (Gate)
        {
            Drop(static passing => passing.Failure = passing.Failure?.Failure.Reason is RefreshFailureReason.ReauthorizationRequired ? null : passing.Failure);
        }
    }

    /// <summary>Whether the current token still works and was written, or is about to be, after what was read from the store.</summary>
    public bool HoldsNewerThan(WriteOrder written, ClockReading now)
    {
        lock (Gate)
        {
            return _current is { } current && current.Life.At(now) is not Freshness.Expired && Written.CompareTo(written) > 0;
        }
    }

    /// <summary>A token that serves the callers of one flight and is not kept.</summary>
    public AccessToken ForOneFlight(UsableToken token, RefreshMark mark)
    {
        lock (Gate)
        {
            var served = Next(token, mark);
            Passing().Generation = served.Generation;
            return served;
        }
    }

    /// <summary>Takes what a token looks like on calls, fetched after it was published.</summary>
    public void Place(AccessToken token, PlacedToken placed)
    {
        lock (Gate)
        {
            token.Place(placed);
            Drop(static passing => passing.EndPlacementWait());
        }
    }

    /// <summary>The API has refused it: no call carries it any more.</summary>
    public void DropFormer(AccessToken rejected)
    {
        lock (Gate)
        {
            if (ReferenceEquals(Present?.Former, rejected))
            {
                Drop(static passing => passing.Former = null);
            }
        }
    }

    /// <summary>Takes a token out of service that an API has refused and whose grant is dead as well: nothing makes it work again.</summary>
    public void GiveUp(AccessToken refused)
    {
        lock (Gate)
        {
            if (ReferenceEquals(_current, refused))
            {
                var passing = Passing();
                (passing.GivenUp, passing.Generation, passing.Former) = (refused, refused.Generation, null);
                _current = null;
            }
        }
    }

    /// <summary>Whether a token that was found stored is the one that was given up.</summary>
    public bool HasGivenUp(TokenSet set) => Read(static passing => passing.GivenUp)?.IsSameTokenAs(set) is true;

    public void RememberPlacement(FailureMemory failure)
    {
        lock (Gate)
        {
            Passing().PlacementFailure = failure;
        }
    }

    public void Remember(FailureMemory failure)
    {
        lock (Gate)
        {
            Passing().Failure = failure;
        }
    }

    /// <summary>Ends the wait after a failure, where a change of configuration may have put right what was wrong.</summary>
    /// <returns>Whether there was one to end.</returns>
    public bool SetFailureAside()
    {
        lock (Gate)
        {
            return Present?.SetFailureAside() is true;
        }
    }

    /// <summary>Forgets the token and the failure, because what is stored was replaced or removed.</summary>
    public void Forget()
    {
        lock (Gate)
        {
            if (_current is { } forgotten)
            {
                Passing().Generation = forgotten.Generation;
            }

            _current = null;
            (Written, Known) = (default, null);
            Drop(static passing => passing.Forget());
            _group.Records.Forget(Key);
        }
    }

    /// <summary>Drops a token that was written before what another process has written, or that was removed.</summary>
    /// <returns>Whether there was one. A flight that is under way reads what is stored itself, and what is unsaved here is newer.</returns>
    public bool DropOlderThan(WriteOrder written, bool isRemoved)
    {
        lock (Gate)
        {
            // What was written after a removal is not what was removed: the hint may come late or once more.
            if (Present is { Flight: not null } || Written.CompareTo(written) >= (isRemoved ? 1 : 0) || HasUnsaved)
            {
                return false;
            }

            // The floor between two forced refreshes stays: another process cannot know what an API refuses here.
            Drop(static passing => passing.Failure = null);
            if (isRemoved)
            {
                Drop(static passing => passing.Former = null);
            }

            if (_current is not { } dropped)
            {
                return false;
            }

            if (!isRemoved && dropped.IsPlaced)
            {
                // Where the one in its place cannot be placed, calls go on with this one.
                Passing().Former = dropped;
            }

            Passing().Generation = dropped.Generation;
            _current = null;
            return true;
        }
    }

    /// <summary>
    /// Drops the token that the record does not hold any more, for a flight that has read it: somebody has put in another grant.
    /// </summary>
    /// <param name="written">The write of what was read.</param>
    public void DropMissing(WriteOrder written)
    {
        lock (Gate)
        {
            if (_current is { } dropped && Written.CompareTo(written) < 0 && !HasUnsaved)
            {
                Passing().Generation = dropped.Generation;
                _current = null;
            }
        }
    }

    /// <summary>Whether a token set of its record waits to be written, or is being written again.</summary>
    public bool HasUnsaved => _group.Records.HasUnsaved(Key);

    /// <summary>Ends a flight's hold on the slot. By reference: a late flight never removes its successor.</summary>
    public void Clear(TokenFlight flight)
    {
        lock (Gate)
        {
            if (ReferenceEquals(Present?.Flight, flight))
            {
                Drop(static passing => passing.Flight = null);
            }
        }
    }

    private Lock Gate => _group.LockOf(this);

    // Under the lock, as all that follows.
    private WriteOrder Written
    {
        get => new(_writtenEpoch, _writtenSequence);
        set => (_writtenEpoch, _writtenSequence) = (value.Epoch, (int)Math.Min(value.Sequence, int.MaxValue));
    }

    private AccessToken Next(UsableToken token, RefreshMark mark) => new(
        _group, _subject, token.Set, Math.Max(_current?.Generation ?? 0, Present?.Generation ?? 0) + 1, mark, token.Life, token.Placed);

    private PassingState? Present => _aside as PassingState;

    private PassingState Passing()
    {
        if (_aside is not PassingState passing)
        {
            _aside = passing = new PassingState { Known = (StoredTokenSet?)_aside };
        }

        return passing;
    }

    private void Drop(Action<PassingState> end)
    {
        if (Present is { } passing)
        {
            end(passing);
            _aside = passing.IsEmpty ? passing.Known : passing;
        }
    }

    // Takes the lock, unlike the others.
    private T? Read<T>(Func<PassingState, T?> member)
        where T : class
    {
        lock (Gate)
        {
            return Present is { } passing ? member(passing) : null;
        }
    }
}
