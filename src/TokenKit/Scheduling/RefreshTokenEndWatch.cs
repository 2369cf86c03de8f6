using Microsoft.Extensions.Logging;
using TokenKit.Source;

namespace TokenKit.Scheduling;

/// <summary>Warns ahead of a refresh token's own end, where refreshing does not put it off.</summary>
/// <remarks>
/// Most servers start the refresh token's life anew with each refresh; for them there is nothing to say. Looked at whenever
/// a refresh succeeds, for the tokens without a subject. Thread-safe.
/// </remarks>
internal sealed class RefreshTokenEndWatch(TimeProvider time, ILogger logger) : IFlightObserver
{
    /// <summary>How long before the end the warnings begin.</summary>
    public static readonly TimeSpan Lead = TimeSpan.FromDays(7);

    /// <summary>How long it is quiet after a warning.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromDays(1);

    // Two refreshes of one end differ by the seconds that answers take and are rounded to.
    private static readonly TimeSpan Tolerance = TimeSpan.FromMinutes(1);

    private readonly Lock _gate = new();
    private readonly Dictionary<string, (DateTimeOffset End, DateTimeOffset? WarnedAt)> _known = new(StringComparer.Ordinal);

    public void Completed(TokenFlights flights, TokenFlight flight, RefreshResult result)
    {
        if (result.Token is not { Key.Subject.Length: 0, Set.RefreshTokenExpiresAt: { } end } token)
        {
            return;
        }

        var now = time.GetUtcNow();
        lock (_gate)
        {
            var isKnown = _known.TryGetValue(token.Key.Name, out var before);
            var isPutOff = !isKnown || end > before.End + Tolerance;
            var isEnding = !isPutOff && end - now <= Lead;
            var isQuiet = isKnown && before.WarnedAt is { } warned && now - warned < Interval;
            _known[token.Key.Name] = (end, isEnding && !isQuiet ? now : before.WarnedAt);
            if (!isEnding || isQuiet)
            {
                return;
            }
        }

        logger.RefreshTokenEnding(token.Key, end);
    }
}
