using System.Collections.Immutable;

namespace TokenKit;

/// <summary>What one flight knows as it goes, with or without the lease. Used by that flight alone.</summary>
internal sealed class FlightRun
{
    private readonly ClockReading _startedAt;
    private StoredTokenSet? _stored;

    public FlightRun(TokenFlight flight, TokenDefinition definition, SecretKeys keys, ClockReading now)
    {
        Flight = flight;
        Definition = definition;
        SecretKey = keys.For(definition, flight.Slot.Key);
        _startedAt = now;
    }

    public TokenFlight Flight { get; }

    /// <summary>As it was when the flight began, with the parameters of this key.</summary>
    public TokenDefinition Definition { get; set; }

    public SecretKey SecretKey { get; }

    public TokenKey Key => Flight.Slot.Key;

    /// <summary>What was read last.</summary>
    public StoredTokenSet? Stored
    {
        get => _stored;
        set
        {
            _stored = value;
            Set = value?.Set;
        }
    }

    /// <summary>What the next exchange starts from: what was read, seeded, salvaged or is in hand.</summary>
    public TokenSet? Set { get; set; }

    /// <summary>The fingerprint of what is stored to refresh with: the refresh token, else the access token.</summary>
    public string? Grant => (Set?.RefreshToken ?? Set?.AccessToken)?.Fingerprint();

    /// <summary>A configured seed that what was read last does not come from.</summary>
    public StepResult<PendingSeed>? PendingSeed { get; set; }

    /// <summary>The record under the lease, once that is held; it must be given back.</summary>
    public LeasedRecord? Record { get; set; }

    /// <summary>What the next holder of the lease should know.</summary>
    public RefreshState StateToLeave { get; set; } = RefreshState.Alive;

    public ImmutableArray<RefreshStep> Steps { get; set; } = [];

    /// <summary>Whether the access token that the run knows of still serves, so that nothing need be risked for another.</summary>
    public bool HasUsableToken(ClockReading now, TimeProvider time) =>
        Set is { AccessToken: not null } set
        && LifeOf(set, now, time).At(now) is not Freshness.Expired
        && Flight.Order.Trigger is not RefreshTrigger.Rejected;

    /// <summary>The life of the set that the run knows of; its times come from what was read last, where anything was.</summary>
    public TokenLife LifeOf(TokenSet set, ClockReading now, TimeProvider time) => TokenLife.Of(set, _stored?.ReadAt ?? now, time);

    /// <summary>What a set is refreshed with, for messages.</summary>
    public static string NameOf(TokenSet? set) => set is { RefreshToken: null } ? "stored token" : "refresh token";

    public FlightEnd End(RefreshResult result) => new(result, StateToLeave, Record);

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
