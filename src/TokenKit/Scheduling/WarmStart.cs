using Microsoft.Extensions.Logging;
using TokenKit.Source;
using TokenKit.Values;

namespace TokenKit.Scheduling;

/// <summary>Obtains the tokens of <c>Freshness.AtStart</c>: the host is ready only when they are.</summary>
/// <remarks>
/// What passes by itself is waited out as the failure's memory says, for as long as the host lets the start take. Anything
/// else stops the start: a wrong secret is better found by the deployment than by the first request at night.
/// </remarks>
internal sealed class WarmStart(TimeProvider time, ILogger logger)
{
    private static readonly TimeSpan ShortestWait = TimeSpan.FromMilliseconds(100);

    /// <exception cref="InvalidOperationException">A token cannot be obtained, and trying again would not help.</exception>
    public async Task RunAsync(IEnumerable<ScheduledTokens> registrations, CancellationToken cancellationToken)
    {
        var wanted = registrations.Where(static tokens => tokens.Freshness.AtStart).ToList();
        var failed = await Task.WhenAll(wanted.Select(tokens => ObtainAsync(tokens, cancellationToken))).ConfigureAwait(false);
        var faults = failed.OfType<TokenRefreshException>().ToList();
        if (faults.Count > 0)
        {
            throw new InvalidOperationException(
                "The host does not start, because Freshness:AtStart asks for tokens that cannot be obtained. "
                + string.Join(Environment.NewLine, faults.Select(static fault => fault.Message)),
                faults[0]);
        }
    }

    private async Task<TokenRefreshException?> ObtainAsync(ScheduledTokens tokens, CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                await tokens.Source.GetTokenAsync(cancellationToken).ConfigureAwait(false);
                return null;
            }
            catch (TokenRefreshException exception) when (!exception.IsTransient)
            {
                return exception;
            }
            catch (TokenRefreshException exception)
            {
                var left = tokens.Flights.OwnSlot.Failure?.LeftAt(ClockReading.Now(time), time) ?? TimeSpan.Zero;
                var wait = left > ShortestWait ? left : ShortestWait;
                logger.WarmStartWaiting(exception.Key, exception.Reason, wait);
                await Task.Delay(wait, time, cancellationToken).ConfigureAwait(false);
            }
        }
    }
}
