using TokenKit.Definitions;
using TokenKit.Placement;
using TokenKit.Source.Telemetry;
using TokenKit.Values;

namespace TokenKit.Source;

/// <summary>
/// What calls are given where the current token is not in the form that the present definition asks for: because what its
/// placement reads beside it is missing, or because the definition was reloaded.
/// </summary>
/// <remarks>Never on the way of a call whose token is fresh and placed. Thread-safe.</remarks>
internal sealed class PlaceableTokens(
    TokenFlights flights, IDefinitionSource definitions, RefreshTelemetry telemetry, TimeProvider time)
{
    // A flight that was joined may have been for something else, and the definition may be reloaded meanwhile; not for ever.
    private const int MostTurns = 4;

    /// <summary>
    /// Returns a token that calls can carry: the current one, rendered first where that is needed and possible; else the one
    /// before it, while that works.
    /// </summary>
    /// <param name="token">What the source gave.</param>
    /// <param name="rejected">A token that the API has refused, and that is not wanted back.</param>
    /// <param name="cancellationToken">Ends this caller's waiting.</param>
    /// <exception cref="TokenRefreshException">There is none.</exception>
    public async ValueTask<AccessToken> ForCallAsync(AccessToken token, AccessToken? rejected, CancellationToken cancellationToken)
    {
        var slot = flights.SlotFor(token.Key.Subject);
        RefreshFailure? last = null;
        if (rejected is not null)
        {
            slot.DropFormer(rejected);
        }

        using var wait = flights.BeginWait(cancellationToken);
        for (var turn = 0; turn < MostTurns; turn++)
        {
            slot = flights.Live(slot);
            var definition = definitions.Current;
            flights.Judge(slot);
            var newest = slot.Current ?? token;
            var isMeant = flights.Means(newest);
            RefreshFailure? unplaceable = null;
            if (isMeant && (newest.IsPlacedBy(definition.Placement) || TryPlaceAtHand(newest, definition, out unplaceable)))
            {
                return newest;
            }

            // A reload that this token does not fit asks for one that does. Anything else is looked for without a request.
            var isPlaceable = isMeant && unplaceable is null;
            var order = isPlaceable
                ? new FlightOrder(RefreshTrigger.Missing, StartedBy: RefreshTelemetry.CurrentSpan) { PlacesOnly = true }
                : new FlightOrder(RefreshTrigger.Missing, isMeant ? newest : null, StartedBy: RefreshTelemetry.CurrentSpan);
            var now = ClockReading.Now(time);
            var former = slot.Former is { } before && CanCarry(before, rejected, definition, now) ? before : null;
            var known = isPlaceable ? slot.PlacementFailure : slot.Failure;
            if (known?.HoldsBack(order.Trigger, now, time) is true && (isPlaceable || slot.Flight is null))
            {
                // Also while the flight that failed is still ending: to look whether it has ended, and to join one then, are two
                // moments, and between them a look that nobody may take yet would begin.
                return former ?? throw Refused(slot, known.Failure);
            }

            var flight = flights.JoinOrStart(slot, order);
            if (former is not null)
            {
                return former;
            }

            using var waiting = telemetry.Waiting(flight);
            var result = await wait.ForResultOfAsync(flight).ConfigureAwait(false) ?? throw Refused(slot, wait.Over(flight).Failure!);
            (token, last) = (result.Token ?? token, result.Failure ?? last);
            if (result.Failure is not null && (result.Token is not null || ReferenceEquals(flight.Order, order)))
            {
                // It was for this, or came as far as this.
                throw Refused(slot, result.Failure);
            }

            if (slot.Current?.IsPlacedBy(definitions.Current.Placement) is not true && !await wait.ForEndOfAsync(flight).ConfigureAwait(false))
            {
                throw Refused(slot, wait.Over(flight).Failure!);
            }
        }

        throw Refused(slot, last ?? new RefreshFailure(
            RefreshFailureReason.Superseded,
            $"The definition of '{slot.Key}' is reloaded more often than its token can be placed. Nothing was sent."));
    }

    /// <summary>Renders a token by a definition that was reloaded since, where nothing need be fetched for it.</summary>
    /// <param name="token">The token.</param>
    /// <param name="definition">The definition.</param>
    /// <param name="unplaceable">Why this token does not fit the definition, where it does not.</param>
    public static bool TryPlaceAtHand(AccessToken token, TokenDefinition definition, out RefreshFailure? unplaceable)
    {
        unplaceable = null;
        if (!definition.ResolvedParams.IsEmpty
            || TokenPlacement.RenderAtHand(definition, token.Key, token.Set, out unplaceable) is not { } placed)
        {
            return false;
        }

        token.Place(placed);
        return true;
    }

    private static bool CanCarry(AccessToken token, AccessToken? rejected, TokenDefinition definition, ClockReading now) =>
        !token.IsSameTokenAs(rejected)
        && token.Life.At(now) is not Freshness.Expired
        && token.IsPlacedBy(definition.Placement);

    private TokenRefreshException Refused(TokenSlot slot, RefreshFailure failure)
    {
        telemetry.Refused(flights.Name, failure);
        return new TokenRefreshException(slot.Key, failure);
    }
}
