using System.Collections.Immutable;

namespace TokenKit;

/// <summary>What one flight knows as it goes. Used by that flight alone.</summary>
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

    public TokenDefinition Definition { get; }

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

    public LeasedRecord? Record { get; set; }

    /// <summary>Started before the lease was asked for, so that nothing is sent or awaited past the lease.</summary>
    public Deadline? Deadline { get; set; }

    /// <summary>A configured seed that what was read last does not come from.</summary>
    public StepResult<PendingSeed>? PendingSeed { get; set; }

    public string? SeedHash { get; set; }

    public bool RedeemsCode { get; set; }

    /// <summary>Requests made so far, by all runs of the pipeline.</summary>
    public int RequestsSent { get; set; }

    public ClockReading ExchangeStartedAt { get; private set; }

    public RefreshState StateToLeave { get; set; } = RefreshState.Alive;

    public ImmutableArray<RefreshStep> Steps { get; set; } = [];

    /// <summary>Goes on with what an earlier flight could not write.</summary>
    public void Continue(LeasedRecord unsaved)
    {
        Record = unsaved;
        Set = unsaved.InHand;
    }

    public RefreshContext ContextFor(ExchangeDefinition exchange, TimeProvider time)
    {
        ExchangeStartedAt = ClockReading.Now(time);
        return new RefreshContext
        {
            Key = Key,
            Definition = Definition,
            Exchange = exchange,
            Trigger = Flight.Order.Trigger,
            CorrelationId = Flight.CorrelationId,
            Stored = Set,
            Deadline = Deadline ??= new Deadline(time, Definition.Resilience.Timeout),
            Record = Record!,
            SeedHash = SeedHash,
            RequestsBefore = RequestsSent,
        };
    }

    public RefreshResult Result(
        RefreshOutcome outcome, TimeProvider time, AccessToken? token = null, RefreshFailure? failure = null) => new()
        {
            Key = Key,
            Outcome = outcome,
            Trigger = Flight.Order.Trigger,
            CorrelationId = Flight.CorrelationId,
            Token = token,
            Failure = failure,
            Duration = ClockReading.Now(time).ElapsedSince(_startedAt, time),
            Steps = Steps,
        };
}
