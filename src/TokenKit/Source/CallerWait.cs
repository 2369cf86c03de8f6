using TokenKit.Refresh.Request;
using TokenKit.Values;

namespace TokenKit.Source;

/// <summary>One caller's wait, over all the flights that it joins: at most <c>Resilience:Timeout</c>. The flights go on without it.</summary>
/// <remarks>
/// A flight may need longer than that: it may wait for the lease, and a request whose answer was lost is sent again with a deadline
/// of its own. Used by one caller; its timer starts with the first wait.
/// </remarks>
internal sealed class CallerWait(TimeSpan longest, TimeProvider time, CancellationToken cancellationToken) : IDisposable
{
    private readonly Deadline _deadline = new(time, longest);
    private CancellationTokenSource? _limit;
    private CancellationTokenSource? _either;

    /// <summary>Waits for what a flight comes to.</summary>
    /// <returns><see langword="null"/> when the caller has waited long enough.</returns>
    /// <exception cref="OperationCanceledException">The caller has left.</exception>
    /// <exception cref="TokenRingException">The caller is inside a flight that this one waits for, or inside this one.</exception>
    public async Task<RefreshResult?> ForResultOfAsync(TokenFlight flight)
    {
        try
        {
            return await flight.CompletionAsync(Limit()).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            cancellationToken.ThrowIfCancellationRequested();
            return null;
        }
    }

    /// <summary>Waits until the slot of a flight is free for another.</summary>
    /// <returns>Whether it is; <see langword="false"/> when the caller has waited long enough.</returns>
    /// <inheritdoc cref="ForResultOfAsync" path="/exception"/>
    public async Task<bool> ForEndOfAsync(TokenFlight flight)
    {
        try
        {
            await flight.EndAsync(Limit()).ConfigureAwait(false);
            return true;
        }
        catch (OperationCanceledException)
        {
            cancellationToken.ThrowIfCancellationRequested();
            return false;
        }
    }

    /// <summary>What a caller gets who has waited long enough. The slot remembers nothing of it.</summary>
    public RefreshResult Over(TokenFlight flight) => new()
    {
        Key = flight.Slot.Key,
        Outcome = RefreshOutcome.Failed,
        Trigger = flight.Order.Trigger,
        CorrelationId = flight.CorrelationId,
        Duration = longest,
        Failure = new RefreshFailure(
            RefreshFailureReason.TimedOut,
            string.Create(
                System.Globalization.CultureInfo.InvariantCulture,
                $"This call has waited for {longest.TotalSeconds:0.###} s (Resilience:Timeout) and waits no longer. {flight.Progress.Now} Refresh {flight.CorrelationId} goes on, and the next call gets its token.")),
    };

    public void Dispose()
    {
        _either?.Dispose();
        _limit?.Dispose();
    }

    private CancellationToken Limit()
    {
        _limit ??= _deadline.CancelWhenPassed();
        if (!cancellationToken.CanBeCanceled)
        {
            return _limit.Token;
        }

        _either ??= CancellationTokenSource.CreateLinkedTokenSource(_limit.Token, cancellationToken);
        return _either.Token;
    }
}
