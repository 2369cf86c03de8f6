using TokenKit.Definitions;
using TokenKit.Refresh;
using TokenKit.Refresh.Persist;
using TokenKit.Storage;
using TokenKit.Values;

namespace TokenKit.Source.Flight;

/// <summary>A flight that holds the lease: what it may send and write with. Used by that flight alone.</summary>
internal sealed class HeldRefresh
{
    private readonly TimeProvider _time;
    private int _secretsTried = 1;

    private HeldRefresh(FlightRun run, LeasedRecord record, Deadline deadline, TimeProvider time)
    {
        (Run, Record, _time) = (run, record, time);
        Deadline = deadline;

        // From here on the flight gives the lease back, however it ends.
        run.Record = record;
        run.Flight.Place.Raise(StoreUrgency.Held);
    }

    public FlightRun Run { get; }

    public LeasedRecord Record { get; }

    /// <summary>Started before the lease was asked for, so that nothing is sent or awaited past the lease.</summary>
    public Deadline Deadline
    {
        get => Run.Deadline!; // set when this was made
        set => Run.Deadline = value;
    }

    /// <summary>The hash of the seed that this refresh begins with, where it does.</summary>
    public string? SeedHash { get; set; }

    /// <summary>Whether the seed is a code, which the first exchange redeems.</summary>
    public bool RedeemsCode { get; set; }

    /// <summary>Requests made so far, by all runs of the pipeline.</summary>
    public int RequestsSent { get; private set; }

    /// <summary>Whether the definition has a client secret that this refresh has not tried yet; counts it as tried.</summary>
    public bool TryTakeAnotherSecret(ExchangeDefinition exchange) => ++_secretsTried <= exchange.Client.Secrets.Length;

    /// <summary>Whether a refused grant was tried again with what another writer had stored.</summary>
    public bool HasTriedWinner { get; set; }

    /// <summary>Whether a lost answer was followed by another request at once.</summary>
    public bool HasRetriedLostAnswer { get; set; }

    /// <summary>Just before the last run of the pipeline began.</summary>
    public ClockReading ExchangeStartedAt { get; private set; }

    /// <summary>Goes on with what an earlier flight could not write: newer than anything stored.</summary>
    public static HeldRefresh Continuing(FlightRun run, LeasedRecord unsaved, TimeProvider time)
    {
        // A seed that the store does not know yet, but what is in hand came of, is not pending: it was redeemed.
        if (run.PendingSeed?.Value is { } seed && run.Set?.SeedHashes.Contains(seed.Hash) is true)
        {
            run.PendingSeed = null;
        }

        return new HeldRefresh(run, unsaved, new Deadline(time, run.Definition.Resilience.Timeout), time);
    }

    /// <summary>Begins under a lease just taken, with what was stored then.</summary>
    public static HeldRefresh Under(LeasedRecord record, Deadline deadline, FlightRun run, TimeProvider time) =>
        new(run, record, deadline, time);

    public RefreshContext ContextFor(ExchangeDefinition exchange, int secretTurn)
    {
        ExchangeStartedAt = ClockReading.Now(_time);
        return new RefreshContext
        {
            Key = Run.Key,
            Definition = Run.Definition,
            Exchange = exchange,
            Trigger = Run.Flight.Order.Trigger,
            CorrelationId = Run.Flight.CorrelationId,
            Marks = Run.Marks,
            Stored = Run.Set,
            Deadline = Deadline,
            Record = Record,
            SecretTurn = secretTurn,
            SeedHash = SeedHash,
            RequestsBefore = RequestsSent,
            Progress = Run.Flight.Progress,
        };
    }

    /// <summary>Takes in what one run of the pipeline left behind.</summary>
    public void Learn(PipelineResult outcome)
    {
        Run.Steps = Run.Steps.AddRange(outcome.Steps);
        RequestsSent = outcome.RequestsSent;
        if (outcome.Salvaged is { } salvaged)
        {
            Run.Set = salvaged;
        }
    }

    /// <summary>Whether a seed was put in since the lease was taken, and was read here.</summary>
    public bool IsOvertaken => Record.IsOvertakenBy(Run.Stored);

    /// <summary>Begins the request deadline anew, and the lease with it.</summary>
    /// <returns>Whether the lease is certainly held still.</returns>
    public async ValueTask<bool> RestartDeadlineAsync()
    {
        Deadline = new Deadline(_time, Run.Definition.Resilience.Timeout);
        return await Record.TryRenewAsync().ConfigureAwait(false);
    }
}
