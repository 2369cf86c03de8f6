using TokenKit.Definitions;
using TokenKit.Refresh.Map;
using TokenKit.Storage;
using TokenKit.Values;

namespace TokenKit.Source.Flight;

/// <summary>Whether what a server refused would be sent again unchanged, so that nobody tries before the wait is over.</summary>
/// <remarks>
/// A wait after a refused login lasts up to a quarter of an hour. A new secret, seed or definition must not wait that long, wherever
/// it came from: callers make a flight look twice a second, which reads and sends nothing.
/// </remarks>
internal sealed class KnownRefusal(ReferencedSecrets secrets, TimeProvider time)
{
    /// <returns>The memory to serve; <see langword="null"/> when there is none, its wait is over, or something has changed.</returns>
    public async ValueTask<FailureMemory?> InAsync(FlightRun run)
    {
        if (run.Flight.Order.Trigger is RefreshTrigger.Requested
            || run.Flight.Slot.Failure is not { Failure.Refusal: { } refusal } known
            || known.LeftAt(ClockReading.Now(time), time) == TimeSpan.Zero)
        {
            return null;
        }

        // What cannot be read has not changed, as far as anybody knows.
        var (mark, isUnread) = await WouldSendAsync(run, sent => sent == refusal.Mark).ConfigureAwait(false);
        if (mark is not null || isUnread)
        {
            return known;
        }

        run.Flight.Slot.SetFailureAside();
        return null;
    }

    /// <summary>As <see cref="InAsync"/>, for what another instance left beside the lease.</summary>
    /// <returns>The refusal, in the words of this process; <see langword="null"/> when this process has something else to send.</returns>
    public async ValueTask<Refusal?> SharedAsync(FlightRun run, string shared) =>
        await WouldSendAsync(run, sent => Refusal.Shorten(sent) == shared).ConfigureAwait(false) is { Mark: { } mark }
            ? new Refusal(RefusalKind.Login, mark)
            : null;

    private async ValueTask<(string? Mark, bool IsUnread)> WouldSendAsync(FlightRun run, Func<string, bool> isRefused)
    {
        if (run.PendingSeed is { Succeeded: true })
        {
            return default;
        }

        var isUnread = false;

        using var deadline = new CancellationTokenSource(run.Definition.Resilience.Timeout, time);
        foreach (var exchange in new[] { run.Definition.Request, run.Definition.RefreshRequest, run.Definition.Seed?.CodeExchange }.OfType<ExchangeDefinition>())
        {
            var resolved = await secrets.ResolveAsync(exchange.SecretNames, run.Key.Subject, deadline.Token).ConfigureAwait(false);
            isUnread |= !resolved.Succeeded;
            if (resolved.Succeeded
                && RefusalMarks.Of(exchange, run.Definition.Params, resolved.Value, run.Set) is var mark
                && isRefused(mark))
            {
                return (mark, false);
            }
        }

        return (null, isUnread);
    }
}
