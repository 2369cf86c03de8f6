using TokenKit.Source;
using TokenKit.Values;

namespace TokenKit.Inspection;

/// <summary>Reads slots and history; changes nothing.</summary>
internal sealed class TokenInspector(TokenFlights flights, RefreshHistory history, TimeProvider time) : ITokenInspector
{
    private const int MostOnAPage = 1000;

    public string Name => flights.Name;

    public TokenStatus GetStatus(string subject = "")
    {
        ArgumentNullException.ThrowIfNull(subject);
        SubjectLength.ThrowIfTooLong(subject, nameof(subject));
        return flights.Find(subject) is { } slot
            ? StatusOf(slot)
            : new TokenStatus { Key = new TokenKey(Name, subject), State = TokenState.Unused };
    }

    public TokenStatusPage GetStatuses(string? contains = null, int skip = 0, int take = 100)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(skip);
        ArgumentOutOfRangeException.ThrowIfLessThan(take, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(take, MostOnAPage);
        var slots = flights.Slots
            .Where(slot => contains is null || slot.Key.Subject.Contains(contains, StringComparison.OrdinalIgnoreCase))
            .ToList();
        slots.Sort(static (one, other) => string.CompareOrdinal(one.Key.Subject, other.Key.Subject));
        return new TokenStatusPage { Items = [.. slots.Skip(skip).Take(take).Select(StatusOf)], Total = slots.Count };
    }

    public IReadOnlyList<RefreshRecord> GetRefreshes(string subject = "")
    {
        ArgumentNullException.ThrowIfNull(subject);
        SubjectLength.ThrowIfTooLong(subject, nameof(subject));
        return history.Of(new TokenKey(Name, subject));
    }

    /// <summary>The states of all keys in use, in no order.</summary>
    public IEnumerable<TokenStatus> Statuses => flights.Slots.Select(StatusOf);

    /// <summary>The one word for a token of some freshness, or none, and the failure of its last refresh, or none.</summary>
    public static TokenState StateOf(Freshness? freshness, RefreshFailure? failure) => (freshness, failure) switch
    {
        (_, { Reason: RefreshFailureReason.ReauthorizationRequired }) => TokenState.ReauthorizationRequired,
        (Freshness.Fresh, _) => TokenState.Fresh,
        (Freshness.Due, _) => TokenState.Due,
        (_, { IsGrantProbablyDead: true }) => TokenState.GrantProbablyDead,
        (_, not null) => TokenState.Failing,
        (Freshness.Expired, _) => TokenState.Expired,
        _ => TokenState.Unused,
    };

    /// <summary>How many subjects there are, and how many of them have a failure and no usable token.</summary>
    public (int All, int Failing) CountSubjects()
    {
        var now = ClockReading.Now(time);
        var (all, failing) = (0, 0);
        foreach (var slot in flights.Slots)
        {
            if (slot.Key.Subject.Length > 0)
            {
                all++;
                failing += slot.Failure is not null && slot.Current?.Life.At(now) is not (Freshness.Fresh or Freshness.Due) ? 1 : 0;
            }
        }

        return (all, failing);
    }

    private TokenStatus StatusOf(TokenSlot slot)
    {
        var now = ClockReading.Now(time);
        var current = slot.Current;
        var failure = slot.Failure ?? slot.PlacementFailure;
        var freshness = current?.Life.At(now);
        var (attempt, success) = history.LastOf(slot.Key);
        return new TokenStatus
        {
            Key = slot.Key,
            State = StateOf(freshness, failure?.Failure),
            IsUsable = freshness is Freshness.Fresh or Freshness.Due,
            IsRefreshing = slot.Flight is not null,
            IsUnsaved = slot.HasUnsaved,
            Generation = current?.Generation ?? 0,
            ObtainedAt = current?.ObtainedAt,
            RefreshAt = current?.RefreshAt,
            ExpiresAt = current?.ExpiresAt,
            RefreshTokenExpiresAt = current?.Set.RefreshTokenExpiresAt,
            LastSuccessAt = success,
            LastAttemptAt = attempt,
            NextAttemptAt = NextAttempt(current, failure, now),
            LastFailure = failure?.Failure,
            FailuresInARow = failure?.Failures ?? 0,
        };
    }

    private DateTimeOffset? NextAttempt(AccessToken? current, FailureMemory? failure, ClockReading now)
    {
        if (failure?.Failure is { Reason: RefreshFailureReason.ReauthorizationRequired, Refusal: null })
        {
            return null;
        }

        var held = failure is null ? (DateTimeOffset?)null : now.Utc + failure.LeftAt(now, time);
        var due = current is null || current.RefreshAt == DateTimeOffset.MaxValue ? null : (DateTimeOffset?)current.RefreshAt;
        return held > due || due is null ? held : due;
    }
}
