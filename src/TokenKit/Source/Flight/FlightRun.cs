using System.Collections.Immutable;
using TokenKit.Definitions;
using TokenKit.Refresh.Persist;
using TokenKit.Source.Records;
using TokenKit.Storage;
using TokenKit.Values;

namespace TokenKit.Source.Flight;

/// <summary>What one flight knows as it goes, with or without the lease. Used by that flight alone.</summary>
internal sealed class FlightRun
{
    private readonly ClockReading _startedAt;

    public FlightRun(TokenFlight flight, TokenDefinition definition, RegistrationRecords records, ClockReading now)
    {
        Flight = flight;
        Definition = definition;
        RecordKey = records.Of(flight.Slot.Key, definition);
        _startedAt = now;
    }

    public TokenFlight Flight { get; }

    /// <summary>As it was when the flight began, with the parameters of this key.</summary>
    public TokenDefinition Definition
    {
        get;
        set => (field, Marks) = (value, value.Marks.For(value.Params, Key.Subject));
    }

    /// <summary>What the definition means for this key.</summary>
    public TokenMarks Marks { get; private set; } = TokenMarks.Absent;

    /// <summary>Which record it is about.</summary>
    public RecordKey RecordKey { get; }

    public SecretKey SecretKey => RecordKey.Key;

    public TokenKey Key => Flight.Slot.Key;

    /// <summary>What was read last.</summary>
    public StoredTokenSet? Stored { get; private set; }

    /// <summary>Whether nothing was read: the flight goes on from what its process knew before until it is told what is stored.</summary>
    public bool IsUnread { get; set; }

    /// <summary>What that is to the definition.</summary>
    public TokenChoice Choice { get; private set; }

    /// <summary>What the next exchange starts from: what was read, seeded, salvaged or is in hand.</summary>
    public TokenSet? Set { get; set; }

    /// <summary>
    /// What the flight would refresh with, and for whom: the fingerprint of the refresh token, else of the access token, and the
    /// grant mark.
    /// </summary>
    public string? Grant => (Set?.RefreshToken ?? Set?.AccessToken) is { } token ? $"{token.Fingerprint()} {Marks.Grant}" : null;

    /// <summary>Names what the flight is about in the state that it leaves.</summary>
    public string Tag => RecordTag.Of(SecretKey, Marks);

    /// <summary>Whether a state that somebody left concerns this flight.</summary>
    public bool IsConcernedBy(RefreshState state) => state.Tag is null || state.Tag == Tag;

    /// <summary>A configured seed that what was read last does not come from.</summary>
    public StepResult<PendingSeed>? PendingSeed { get; set; }

    /// <summary>The record under the lease, once that is held; it must be given back.</summary>
    public LeasedRecord? Record { get; set; }

    /// <summary>What the next holder of the lease should know.</summary>
    public RefreshState StateToLeave { get; set; } = RefreshState.Alive;

    /// <summary>A stored access token that no call can carry, as if it were not there.</summary>
    public SecretText? Unplaceable { get; set; }

    /// <summary>The token that the flight has brought and that cannot go on a call before more is fetched.</summary>
    public AccessToken? ToPlace { get; private set; }

    /// <summary>By when requests must be over, once the lease is held.</summary>
    public Deadline? Deadline { get; set; }

    public ImmutableArray<RefreshStep> Steps { get; set; } = [];

    /// <summary>Takes in what was read.</summary>
    public void Read(StoredTokenSet? stored, TokenChoice choice)
    {
        (Stored, Choice, IsUnread) = (stored, choice, false);
        Set = stored is null ? null : choice.SetFrom(stored.Record, Marks);
    }

    /// <summary>What is left of the time that callers wait at most.</summary>
    public TimeSpan TimeLeft(TimeProvider time) =>
        Deadline?.Remaining ?? Definition.Resilience.Timeout - ClockReading.Now(time).ElapsedSince(_startedAt, time);

    /// <summary>Whether the access token that the run knows of still serves, so that nothing need be risked for another.</summary>
    public bool HasUsableToken(ClockReading now, TimeProvider time) =>
        Set is { AccessToken: { } present } set
        && !present.Equals(Unplaceable)
        && LifeOf(set, now, time).At(now) is not Freshness.Expired
        && Flight.Order.Trigger is not RefreshTrigger.Rejected;

    /// <summary>The life of the set that the run knows of; its times come from what was read last, where anything was.</summary>
    public TokenLife LifeOf(TokenSet set, ClockReading now, TimeProvider time) => TokenLife.Of(set, Stored?.ReadAt ?? now, time);

    /// <summary>What a set is refreshed with, for messages.</summary>
    public static string NameOf(TokenSet? set) => set is { RefreshToken: null } ? "stored token" : "refresh token";

    /// <summary>What to do when it is no good any more, for messages.</summary>
    public static string CureFor(TokenSet? set) => set is { RefreshToken: null }
        ? "Obtain another one and seed it: ITokenSource.SeedAsync."
        : "Have a person consent again and seed it: ITokenSource.SeedAsync.";

    public FlightEnd End(RefreshResult result) =>
        new(result, StateToLeave, RecordKey, Record) { ToPlace = result.Succeeded && ToPlace is not null ? this : null };

    /// <summary>The result of a flight that has brought a token, whether that can go on calls yet or not.</summary>
    public RefreshResult Brought(RefreshOutcome outcome, TimeProvider time, AccessToken token)
    {
        ToPlace = token.IsPlacedBy(Definition.Placement) ? null : token;
        return Result(outcome, time, token);
    }

    public RefreshResult Result(
        RefreshOutcome outcome, TimeProvider time, AccessToken? token = null, RefreshFailure? failure = null) => new()
        {
            Key = Key,
            Outcome = outcome,
            Trigger = Flight.Order.Trigger,
            CorrelationId = Flight.CorrelationId,
            Token = token,
            TokenSet = token?.Set ?? Set,
            Failure = failure,
            Duration = ClockReading.Now(time).ElapsedSince(_startedAt, time),
            Steps = Steps,
        };
}
