using System.Diagnostics.CodeAnalysis;
using TokenKit.Definitions;
using TokenKit.Source.Telemetry;
using TokenKit.Values;

namespace TokenKit.Source;

/// <summary>Memory, then store, then refresh. The first line of each call decides the hot path: no lock, no await.</summary>
internal sealed class TokenSource(
    TokenFlights flights, IDefinitionSource definitions, TokenSeeding seeding, RefreshTelemetry telemetry, TimeProvider time)
    : ITokenSource
{
    // Looks end soon, and begin only when another registration of the record has a new token; not for ever.
    private const int MostLooks = 4;

    private readonly TokenSlot _own = flights.OwnSlot;
    private readonly MarkRenewals _markRenewals = new(time);

    public string Name => flights.Name;

    // What every caller of the registration asks for.
    private TimeSpan LeastValidity => definitions.Current.Freshness.MinimumValidity;

    public ValueTask<AccessToken> GetTokenAsync(CancellationToken cancellationToken = default)
    {
        if (_own.Current is { } current && ClockReading.Now(time) is var now && current.Life.At(now) is Freshness.Fresh
            && LeastValidity is var least && (least == TimeSpan.Zero || current.Life.RemainingAt(now) >= least))
        {
            telemetry.ServedFromMemory(Name);
            return new ValueTask<AccessToken>(current);
        }

        return DecideAsync(_own, TokenDemand.Default, cancellationToken);
    }

    public ValueTask<AccessToken> GetTokenAsync(TokenDemand demand, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(demand);
        return DecideAsync(flights.SlotFor(demand.Subject), demand, cancellationToken);
    }

    public bool TryGetCached(string subject, [NotNullWhen(true)] out AccessToken? token)
    {
        SubjectLength.ThrowIfTooLong(subject, nameof(subject));
        token = flights.Find(subject)?.Current;
        if (token is not null && token.Life.At(ClockReading.Now(time)) is Freshness.Expired)
        {
            token = null;
        }

        return token is not null;
    }

    public async ValueTask<bool> SeedAsync(TokenSeed seed, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(seed);
        var slot = flights.SlotFor(seed.Subject);
        return await seeding.SeedAsync(slot, seed, cancellationToken).ConfigureAwait(false);
    }

    public async ValueTask<bool> ForgetAsync(string subject, CancellationToken cancellationToken = default)
    {
        var slot = flights.SlotFor(subject);
        return await seeding.ForgetAsync(slot, cancellationToken).ConfigureAwait(false);
    }

    private ValueTask<AccessToken> DecideAsync(TokenSlot slot, TokenDemand demand, CancellationToken cancellationToken)
    {
        if (LeastValidity is var least && least > demand.MinimumValidity)
        {
            demand = demand with { MinimumValidity = least };
        }

        var now = ClockReading.Now(time);
        var current = slot.Current;
        var need = TokenNeed.Of(current, demand, now);
        if (need.Trigger is not { } trigger)
        {
            telemetry.ServedFromMemory(Name);
            return new ValueTask<AccessToken>(current!);
        }

        if (need.MayServeCurrent && trigger is RefreshTrigger.Ahead)
        {
            RenewInBackground(slot, current!, now);
            telemetry.ServedFromMemory(Name);
            return new ValueTask<AccessToken>(current!);
        }

        return WaitAsync(slot, demand, cancellationToken);
    }

    private void RenewInBackground(TokenSlot slot, AccessToken current, ClockReading now)
    {
        // A call waits for what a reloaded placement reads, and would wait for the renewal as well if that came first.
        var definition = definitions.Current;
        if (definition.FetchesToPlace
            && current.IsPlaced && !current.IsPlacedBy(definition.Placement)
            && slot.PlacementFailure is null)
        {
            flights.JoinOrStart(slot, new FlightOrder(RefreshTrigger.Ahead, StartedBy: RefreshTelemetry.CurrentSpan) { PlacesOnly = true });
            return;
        }

        // Due by its age, or only because the definition asks for something else by now.
        var isDueByMark = current.Life.IsDueAtOnce && current.Life.DueInAt(now) > TimeSpan.Zero;
        if (slot.Failure?.HoldsBack(RefreshTrigger.Ahead, now, time) is not true
            && (!isDueByMark || slot.Flight is not null || _markRenewals.TryBegin(now)))
        {
            flights.JoinOrStart(slot, new FlightOrder(RefreshTrigger.Ahead, current, StartedBy: RefreshTelemetry.CurrentSpan));
        }
    }

    private async ValueTask<AccessToken> WaitAsync(TokenSlot slot, TokenDemand demand, CancellationToken cancellationToken)
    {
        // A second turn only when the flight that was joined had begun before the demand and brought back the very token
        // that is not wanted, or one that the definition does not mean since a reload; or where it was for somebody who wanted no
        // more than a look.
        using var wait = flights.BeginWait(cancellationToken);
        for (var (turn, looks) = (0, 0); ; turn++)
        {
            // Nobody would wait for the refresh that a caller who has left were to start.
            cancellationToken.ThrowIfCancellationRequested();
            slot = flights.Live(slot);
            var now = ClockReading.Now(time);
            var current = slot.Current;
            var need = TokenNeed.Of(current, demand, now);
            if (need.Trigger is not { } trigger)
            {
                return ServedFromMemory(current!);
            }

            if (slot.Flight is null && slot.Failure is { } known && known.HoldsBack(trigger, now, time))
            {
                return need.MayServeCurrent ? ServedFromMemory(current!) : throw Refused(slot, known.Failure, demand.Rejected);
            }

            // Also where the rejected token served one flight and never became the current one.
            var unwanted = need.Unwanted ?? demand.Rejected;
            var order = new FlightOrder(trigger, unwanted, demand.Force, RefreshTelemetry.CurrentSpan);
            var flight = trigger is RefreshTrigger.Rejected
                ? flights.JoinOrStartForced(slot, order, now, definitions.Current.Freshness.MinimumRefreshInterval, time)
                : flights.JoinOrStart(slot, order);
            if (flight is null)
            {
                // A newer token came while this caller looked; or the floor: an API that refuses every token must not
                // become a storm on the token endpoint.
                return ServedFromMemory(slot.Current ?? current!);
            }

            slot = flight.Slot;
            using var waiting = telemetry.Waiting(flight);
            RefreshResult result;
            try
            {
                if (await wait.ForResultOfAsync(flight).ConfigureAwait(false) is not { } ended)
                {
                    return UsableOr(slot, slot.Current, demand, wait.Over(flight));
                }

                result = ended;
            }
            catch (TokenRingException) when (slot.Current is { } usable && TokenNeed.MayServe(usable, demand, ClockReading.Now(time)))
            {
                return ServedFromMemory(usable);
            }

            if (!result.Succeeded && flight.Order.LooksOnly && looks < MostLooks)
            {
                if (trigger is RefreshTrigger.Rejected && ReferenceEquals(flight.Order.Unwanted, unwanted))
                {
                    // As where the floor is the slot's own.
                    return ServedFromMemory(slot.Current ?? current!);
                }

                (turn, looks) = (turn - 1, looks + 1);
                if (await wait.ForEndOfAsync(flight).ConfigureAwait(false))
                {
                    continue;
                }

                return UsableOr(slot, slot.Current, demand, wait.Over(flight));
            }

            if (!result.Succeeded)
            {
                // A flight whose token could not be placed has one all the same, and whoever asks here places it himself.
                return UsableOr(slot, result.Token ?? slot.Current, demand, result);
            }

            var isUnwanted = ReferenceEquals(result.Token, unwanted)
                || (result.Outcome is RefreshOutcome.Adopted && result.Token.IsSameTokenAs(demand.Rejected));
            if (turn > 0 || (!isUnwanted && flights.Means(result.Token)))
            {
                telemetry.ServedByFlight(Name, result);
                return result.Token;
            }

            if (!await wait.ForEndOfAsync(flight).ConfigureAwait(false))
            {
                return UsableOr(slot, slot.Current, demand, wait.Over(flight));
            }
        }
    }

    private AccessToken UsableOr(TokenSlot slot, AccessToken? token, TokenDemand demand, RefreshResult failed) =>
        token is { } usable && TokenNeed.MayServe(usable, demand, ClockReading.Now(time), failed)
            ? ServedFromMemory(usable)
            : throw Refused(slot, failed.Failure!, demand.Rejected); // a result without success has a failure

    private AccessToken ServedFromMemory(AccessToken token)
    {
        telemetry.ServedFromMemory(Name);
        return token;
    }

    private TokenRefreshException Refused(TokenSlot slot, RefreshFailure failure, AccessToken? rejected)
    {
        if (rejected is not null && failure is { Reason: RefreshFailureReason.ReauthorizationRequired, Refusal: null })
        {
            // The API refuses the token and the server its grant. What is left of its lifetime is no use to anybody.
            slot.GiveUp(rejected);
            flights.Changed(slot);
        }

        telemetry.Refused(Name, failure);
        return new TokenRefreshException(slot.Key, failure);
    }
}
