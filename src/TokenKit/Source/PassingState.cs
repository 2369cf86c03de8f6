using TokenKit.Refresh.Persist;
using TokenKit.Storage;
using TokenKit.Values;

namespace TokenKit.Source;

/// <summary>What is going on with a key, or was not long ago: only few of many keys have any of it at a time.</summary>
/// <remarks>It belongs to a <see cref="TokenSlot"/>, and is touched under the lock of that alone. Without any of it a slot has none.</remarks>
internal sealed class PassingState
{
    private const int MostDoublings = 20;

    private static readonly TimeSpan LongestFloor = TimeSpan.FromHours(1);

    public TokenFlight? Flight { get; set; }

    public FailureMemory? Failure { get; set; }

    public FailureMemory? PlacementFailure { get; set; }

    public AccessToken? Former { get; set; }

    /// <summary>A token that an API has refused and that cannot be renewed: it is not taken from the store again.</summary>
    public AccessToken? GivenUp { get; set; }

    /// <summary>When a refresh was last forced by an API's refusal, for the floor between two.</summary>
    public ClockReading? LastForced { get; set; }

    /// <summary>How often tokens were refused that no call had succeeded with, in a row.</summary>
    public int RefusalsInARow { get; private set; }

    /// <summary>The last one given out, where the current token does not say it.</summary>
    public long Generation { get; set; }

    /// <summary>The record that holds the current token, as it was stored last. It outlives the rest.</summary>
    public StoredTokenSet? Known { get; set; }

    public bool IsEmpty => Flight is null
        && Failure is null
        && PlacementFailure is null
        && Former is null
        && GivenUp is null
        && LastForced is null
        && Generation == 0;

    /// <summary>
    /// Counts a refusal, and says how long after the last forced refresh the next may begin. Where an API refuses what a refresh has just
    /// brought, it is probably not the token that it dislikes (a quota that is used up, a permission that is missing): each refusal then
    /// doubles the wait.
    /// </summary>
    public TimeSpan FloorAfterRefusalOf(AccessToken? refused, TimeSpan interval)
    {
        RefusalsInARow = refused is { IsUnproven: true } ? Math.Min(RefusalsInARow + 1, MostDoublings) : 0;
        var floor = interval * (1 << RefusalsInARow);
        return floor < LongestFloor || interval > LongestFloor ? floor : LongestFloor;
    }

    /// <summary>Whether a refresh was forced less than an interval ago.</summary>
    public bool IsForcedWithin(TimeSpan interval, ClockReading now, TimeProvider time) =>
        LastForced is { } last && now.ElapsedSince(last, time) < interval;

    /// <summary>Whether anything of it still counts, so that its slot must stay.</summary>
    public bool WouldBeMissed(ClockReading now, TimeSpan floor, TimeProvider time) =>
        Flight is not null
        || Failure?.LeftAt(now, time) > TimeSpan.Zero
        || PlacementFailure?.LeftAt(now, time) > TimeSpan.Zero
        || Former?.Life.At(now) is Freshness.Fresh or Freshness.Due
        || IsForcedWithin(floor, now, time);

    /// <summary>Ends the waits that a change of configuration may have made needless.</summary>
    /// <returns>Whether the wait of a refresh was among them.</returns>
    public bool SetFailureAside()
    {
        PlacementFailure = PlacementFailure?.AfterReload();
        var before = Failure;
        Failure = before?.AfterReload();
        return !ReferenceEquals(Failure, before);
    }

    /// <summary>The current token can be placed: neither the one before it is needed nor the memory of why not.</summary>
    public void EndPlacementWait() => (Former, PlacementFailure) = (null, null);

    /// <summary>Forgets what was known about a record that was replaced or removed. A flight stays.</summary>
    public void Forget() => (Failure, PlacementFailure, Former, GivenUp, LastForced) = (null, null, null, null, null);
}
