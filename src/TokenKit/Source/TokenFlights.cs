using System.Buffers.Binary;
using System.Diagnostics;
using TokenKit.Source.Flight;
using TokenKit.Source.Records;
using TokenKit.Source.Telemetry;
using TokenKit.Values;
using TokenKit.Work;

namespace TokenKit.Source;

/// <summary>The slots of one registration and the one way into a flight: every path that can refresh comes through here.</summary>
internal sealed class TokenFlights(
    LeasedRefresh refresh, UnsavedWriter unsavedWriter, RefreshTelemetry telemetry, TimeProvider time, Randomness randomness,
    IWorkSpawner spawner, SubjectSlots subjects, RegistrationRecords records, DefinitionWatch watch, IReadOnlyList<IFlightObserver> observers)
    : IRecordSharer, IAsyncDisposable, IDisposable
{
    /// <summary>How long the end of the program waits for what is under way, so that no rotated refresh token is lost.</summary>
    public static readonly TimeSpan DrainTime = UnsavedWriter.DrainTime + TimeSpan.FromSeconds(1);

    private readonly CancellationTokenSource _stopping = new();
    private readonly WorkCount _work = new(spawner.CompletionOptions);

    public string Name => subjects.Group.Name;

    public bool MayHoldRefreshToken => records.MayHoldRefreshToken;

    /// <summary>The slot of the registration's own token, where it serves one.</summary>
    public TokenSlot OwnSlot { get; } = new(subjects.Group, "");

    /// <summary>The slots there are now, the registration's own first.</summary>
    public IEnumerable<TokenSlot> Slots => subjects.All.Prepend(OwnSlot);

    /// <summary>The slot of a subject, where there is one already; asking for it makes none.</summary>
    public TokenSlot? Find(string subject)
    {
        ArgumentNullException.ThrowIfNull(subject);
        return subject.Length == 0 ? OwnSlot : subjects.Find(subject);
    }

    /// <summary>The slot of a subject, made where there is none.</summary>
    /// <exception cref="ArgumentException">The subject is too long: nothing is made for it.</exception>
    public TokenSlot SlotFor(string subject)
    {
        ArgumentNullException.ThrowIfNull(subject);
        SubjectLength.ThrowIfTooLong(subject, nameof(subject));
        return subject.Length == 0 ? OwnSlot : subjects.For(subject);
    }

    /// <summary>Joins the key's flight, or starts it, detached from the caller.</summary>
    public TokenFlight JoinOrStart(TokenSlot slot, FlightOrder order)
    {
        if (_stopping.IsCancellationRequested)
        {
            return slot.Flight ?? Refused(slot, order);
        }

        while (true)
        {
            if (slot.JoinOrCreate(order, Create, out var flight))
            {
                Start(flight!);
            }

            if (flight is not null)
            {
                flight.Raise(order.Urgency);
                return flight;
            }

            slot = Live(slot);
        }
    }

    /// <summary>As <see cref="JoinOrStart"/>, for a token that was rejected, and no more often than the floor allows.</summary>
    /// <returns><see langword="null"/> when a newer token has come meanwhile, or the floor forbids another.</returns>
    public TokenFlight? JoinOrStartForced(TokenSlot slot, FlightOrder order, ClockReading now, TimeSpan interval, TimeProvider time)
    {
        if (_stopping.IsCancellationRequested)
        {
            return slot.Flight;
        }

        if (slot.JoinOrCreateForced(order, Create, now, interval, time, out var flight))
        {
            Start(flight!);
        }

        flight?.Raise(order.Urgency);
        return flight;
    }

    /// <summary>Begins the wait of one caller, which ends by itself.</summary>
    public CallerWait BeginWait(CancellationToken cancellationToken) => new(watch.LongestWait, time, cancellationToken);

    /// <summary>What a flight comes to, for one caller, who waits no longer than callers do.</summary>
    public async Task<RefreshResult> ResultOfAsync(TokenFlight flight, CancellationToken cancellationToken)
    {
        using var wait = BeginWait(cancellationToken);
        return await wait.ForResultOfAsync(flight).ConfigureAwait(false) ?? wait.Over(flight);
    }

    /// <summary>The slot itself, or the one in its place where a sweep has taken it away.</summary>
    public TokenSlot Live(TokenSlot slot) => slot.IsRetired ? SlotFor(slot.Key.Subject) : slot;

    public bool KeepsAlive => records.KeepsAlive;

    /// <summary>Whether other registrations of this process have their tokens of a subject in the same record.</summary>
    public bool IsShared(string subject) => records.All.SharersOf(RecordOf(subject)).Any(sharer => sharer != this);

    /// <summary>
    /// Whether it is this registration's part to keep a subject's grant alive: of those that share a record the first by name does
    /// it, since each would renew the same grant.
    /// </summary>
    public bool IsKeeper(string subject) =>
        records.KeepsAlive
        && records.All.SharersOf(RecordOf(subject)).Where(static sharer => sharer.KeepsAlive).MinBy(static sharer => sharer.Name, StringComparer.Ordinal) is { } first
        && (first == this || first.Name == Name);

    public RecordKey RecordOf(string subject) => records.Of(new TokenKey(Name, subject));

    /// <summary>Forgets the token of a subject wherever it is kept, and notifies the observers.</summary>
    public void Forget(string subject)
    {
        subjects.DropSwept(new TokenKey(Name, subject));
        if (Find(subject) is { } slot)
        {
            slot.Forget();
            Changed(slot);
        }
    }

    /// <summary>Looks whether what was stored for a subject brings a newer token; the one in memory serves meanwhile.</summary>
    /// <param name="subject">Whose token.</param>
    /// <param name="marks">Those of the token that was stored, where they are known: another one's concern nobody.</param>
    public void LookAgain(string subject, TokenMarks? marks = null)
    {
        if (!_stopping.IsCancellationRequested
            && Find(subject) is { Current: { } current, Flight: null } slot
            && (marks is null || current.Set.Marks.MeanTheSameAs(marks)))
        {
            JoinOrStart(slot, new FlightOrder(RefreshTrigger.Ahead) { LooksOnly = true });
        }
    }

    /// <summary>Whether the present definition means this token, now or until its successor is there.</summary>
    public bool Means(AccessToken token) => watch.StandingOf(token.Set, token.Key.Subject) is not RecordStanding.Nothing;

    /// <summary>Takes the token of a slot out of service, or lets it be due, where the present definition means another one.</summary>
    public void Judge(TokenSlot slot)
    {
        if (slot.Judge(watch, time))
        {
            Changed(slot);
        }
    }

    /// <summary>The definition was reloaded: tokens that it does not mean are not served any more, and what was wrong may have been corrected.</summary>
    public void DefinitionReloaded()
    {
        if (watch.TakeUp())
        {
            foreach (var slot in Slots)
            {
                slot.EndMemoryOfGrant();
                Judge(slot);
            }
        }

        ConfigurationChanged();
    }

    /// <summary>Ends the waits after failures, since what was wrong may have been corrected: whoever asks next tries at once.</summary>
    public void ConfigurationChanged()
    {
        foreach (var slot in Slots)
        {
            if (slot.SetFailureAside())
            {
                Changed(slot);
            }
        }
    }

    /// <summary>Drops copies of a token that another process has replaced or removed.</summary>
    /// <returns>Whether a slot had one.</returns>
    public bool Drop(TokenKey key, WriteOrder written, bool isRemoved)
    {
        subjects.DropSwept(key);
        if (Find(key.Subject) is not { } slot || !slot.DropOlderThan(written, isRemoved))
        {
            return false;
        }

        Changed(slot);
        return true;
    }

    /// <summary>Ends with the flights.</summary>
    public void Own(IDisposable subscription) => _stopping.Token.UnsafeRegister(static item => ((IDisposable)item!).Dispose(), subscription);

    /// <summary>Notifies the observers that a slot was changed from outside any flight.</summary>
    public void Changed(TokenSlot slot) => Notify(slot, slot, static (observer, flights, slot) => observer.Changed(flights, slot));

    /// <summary>
    /// Starts no refresh any more and lets what is under way end: flights, and writes that the store has refused so far. A
    /// flight is not cut off, because a refresh token may be on its way; after <see cref="DrainTime"/> it is left to itself.
    /// </summary>
    public async Task DrainAsync()
    {
        Dispose();
        try
        {
            await _work.IdleAsync().WaitAsync(DrainTime, time).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            telemetry.DrainTimedOut(Name, DrainTime);
        }
    }

    public ValueTask DisposeAsync() => new(DrainAsync());

    public void Dispose()
    {
        _stopping.Cancel();
        subjects.Dispose();
        records.All.Leave(this);
    }

    // Callers wait for the flight that notifies: whatever an observer does, they are not to wait for ever.
    private void Notify<T>(TokenSlot slot, T with, Action<IFlightObserver, TokenFlights, T> what)
    {
        foreach (var observer in observers)
        {
            try
            {
                what(observer, this, with);
            }
            catch (Exception exception)
            {
                telemetry.ObserverThrew(exception, slot.Key);
            }
        }
    }

    private TokenFlight Create(TokenSlot slot, FlightOrder order) =>
        new(slot, order, NextMark(), spawner.CompletionOptions);

    private TokenFlight Refused(TokenSlot slot, FlightOrder order)
    {
        var flight = Create(slot, order);
        flight.Complete(new RefreshResult
        {
            Key = slot.Key,
            Outcome = RefreshOutcome.Failed,
            Trigger = order.Trigger,
            CorrelationId = flight.CorrelationId,
            Failure = new RefreshFailure(
                RefreshFailureReason.Unreachable, $"The program is ending, so no refresh of '{slot.Key}' is started any more. Nothing was sent."),
        });
        flight.End();
        return flight;
    }

    private void Start(TokenFlight flight)
    {
        _work.Enter();
        spawner.Start(static item => item.flights.RunAsync(item.flight), (flights: this, flight));
    }

    private async Task RunAsync(TokenFlight flight)
    {
        try
        {
            FlightScope.Enter(flight);
            using var span = telemetry.StartSpan(flight);
            var end = await refresh.RunAsync(flight).ConfigureAwait(false);
            var isUnsaved = end.Record?.InHand is not null;
            var isFinished = end.ToPlace is not null;
            if (end.ToPlace is { } run)
            {
                // Foreign code comes last: neither the lease nor a write that is still to be done waits for it.
                await FinishAsync(flight, end, isUnsaved).ConfigureAwait(false);
                end = await refresh.PlaceAsync(run, end).ConfigureAwait(false);
            }

            // The definition may have been reloaded since the flight began.
            flight.Slot.Judge(watch, time);
            telemetry.Completed(flight, end.Result, span);
            Notify(
                flight.Slot, (flight, end.Result),
                static (observer, flights, ended) => observer.Completed(flights, ended.flight, ended.Result));
            flight.Complete(end.Result);
            if (!isFinished)
            {
                await FinishAsync(flight, end, isUnsaved).ConfigureAwait(false);
            }

            // Before the slot is free: nobody finds the record at rest while those that share it have yet to look.
            if (end.Result is { Outcome: RefreshOutcome.Refreshed, Token: { } token })
            {
                TellSharers(end.RecordKey, token.Set.Marks);
            }

            flight.Slot.Clear(flight);
            if (isUnsaved)
            {
                Notify(
                    flight.Slot, (flight, end.Result),
                    static (observer, flights, ended) => observer.NotPersisted(flights, ended.flight, ended.Result));
            }

            Changed(flight.Slot);
            flight.End();
            if (flight is { Order: { LooksOnly: true, Trigger: RefreshTrigger.Ahead }, Slot: { Current: null, IsRetired: false } slot })
            {
                // Whoever kept a copy wants one: callers, or the scheduler that renews without them.
                JoinOrStart(slot, new FlightOrder(RefreshTrigger.Missing));
            }
        }
        finally
        {
            _work.Leave();
        }
    }

    private void TellSharers(RecordKey record, TokenMarks marks)
    {
        foreach (var sharer in records.All.SharersOf(record))
        {
            if (sharer != this)
            {
                sharer.LookAgain(record.Key.Subject, marks);
            }
        }
    }

    private async Task FinishAsync(TokenFlight flight, FlightEnd end, bool isUnsaved)
    {
        await refresh.FinishAsync(flight, end).ConfigureAwait(false);
        if (isUnsaved)
        {
            _work.Enter();
            spawner.Start(static item => item.flights.WriteUnsavedAsync(item.Key, item.Record), (flights: this, flight.Slot.Key, Record: end.RecordKey));
        }
    }

    private async Task WriteUnsavedAsync(TokenKey key, RecordKey record)
    {
        try
        {
            await unsavedWriter.RunAsync(key, record, _stopping.Token).ConfigureAwait(false);
        }
        finally
        {
            _work.Leave();
        }
    }

    private RefreshMark NextMark()
    {
        Span<byte> bytes = stackalloc byte[8];
        randomness.Fill(bytes);
        return new RefreshMark(BinaryPrimitives.ReadUInt64BigEndian(bytes));
    }
}
