using Polly;
using TokenKit.Values;

namespace TokenKit.Refresh.Request;

/// <summary>What <c>ConfigureTokenEndpointResilience</c> adds to the pipeline of a registration.</summary>
internal sealed record TokenEndpointResilience(Action<ResiliencePipelineBuilder<TokenAnswer>> Configure);

/// <summary>
/// Runs the application's strategies around each token request. They decide when something is sent; whether it may be sent once more is
/// decided here.
/// </summary>
/// <remarks>
/// What counts in the end is the last request that was made, whatever the strategies made of it: a strategy that answers in its place
/// would hide that a refresh token was spent. A pipeline that hangs is left behind at the deadline, and sends nothing more then.
/// </remarks>
internal sealed class OwnResilience
{
    private readonly ResiliencePipeline<TokenAnswer> _pipeline;

    private OwnResilience(ResiliencePipeline<TokenAnswer> pipeline) => _pipeline = pipeline;

    /// <returns><see langword="null"/> where nothing was configured.</returns>
    public static OwnResilience? From(IReadOnlyList<TokenEndpointResilience> configured, TimeProvider time)
    {
        if (configured.Count == 0)
        {
            return null;
        }

        var builder = new ResiliencePipelineBuilder<TokenAnswer> { TimeProvider = time };
        foreach (var part in configured)
        {
            part.Configure(builder);
        }

        return new OwnResilience(builder.Build());
    }

    public async ValueTask<Attempt> SendAsync(Func<AttemptRun, ValueTask<Attempt>> send, AttemptRun run)
    {
        using var deadline = run.Context.Deadline.CancelWhenPassed();
        using var calls = new Calls(send, run, deadline.Token);
        var context = ResilienceContextPool.Shared.Get(run.Context.Key.Name, calls.Stop);
        Exception? refusal;
        try
        {
            var outcome = await _pipeline
                .ExecuteOutcomeAsync(static (context, calls) => calls.NextAsync(context.CancellationToken), context, calls)
                .AsTask().WaitAsync(deadline.Token).ConfigureAwait(false);
            refusal = outcome.Exception;
            ResilienceContextPool.Shared.Return(context);
        }
        catch (Exception exception)
        {
            // The strategies' own, or the deadline: then the context is still theirs.
            refusal = exception;
        }

        return await calls.EndAsync().ConfigureAwait(false) ?? NothingSent(run, refusal, deadline.IsCancellationRequested);
    }

    private static Attempt NothingSent(AttemptRun run, Exception? refusal, bool isTooLate)
    {
        var why = isTooLate ? "before the deadline of the refresh" : $"({refusal?.GetType().Name ?? "no reason given"})";
        return run.Last = new Attempt(run, AttemptEnd.Final, new RefreshFailure(
            isTooLate ? RefreshFailureReason.TimedOut : RefreshFailureReason.Unreachable,
            $"The strategies of ConfigureTokenEndpointResilience let no token request of '{run.Context.Key}' through {why}. Nothing was sent of {run.Context.Exchange.Name}.")
        {
            Exception = isTooLate ? null : refusal,
        });
    }

    /// <summary>The requests of one run of the strategies: one after the other, and none that could spend a refresh token twice.</summary>
    private sealed class Calls(Func<AttemptRun, ValueTask<Attempt>> send, AttemptRun run, CancellationToken deadline) : IDisposable
    {
        private readonly SemaphoreSlim _turn = new(1, 1);
        private readonly CancellationTokenSource _stop = CancellationTokenSource.CreateLinkedTokenSource(deadline);
        private Attempt? _last;
        private bool _hasEnded;

        /// <summary>Cancelled when there is nothing left to repeat, so that no strategy waits for another turn in vain.</summary>
        public CancellationToken Stop => _stop.Token;

        public async ValueTask<Outcome<TokenAnswer>> NextAsync(CancellationToken cancellationToken)
        {
            // Strategies may ask for several at once; the second sees how the first ended.
            await _turn.WaitAsync(CancellationToken.None).ConfigureAwait(false);
            try
            {
                if (!MayNotSend(cancellationToken))
                {
                    run.Stop = cancellationToken;
                    _last = await send(run).ConfigureAwait(false);
                    if (!_last.MayBeRepeated)
                    {
                        await _stop.CancelAsync().ConfigureAwait(false);
                    }
                }

                return _last is { } last ? OutcomeOf(last) : Outcome.FromException<TokenAnswer>(new OperationCanceledException(cancellationToken));
            }
            finally
            {
                _turn.Release();
            }
        }

        /// <summary>Lets nothing more be sent.</summary>
        /// <returns>How the last request ended, after it has.</returns>
        public async ValueTask<Attempt?> EndAsync()
        {
            await _turn.WaitAsync(CancellationToken.None).ConfigureAwait(false);
            _hasEnded = true;
            _turn.Release();
            return _last;
        }

        // The semaphore is left to the collector: a strategy that was left behind may still wait for it.
        public void Dispose() => _stop.Dispose();

        private bool MayNotSend(CancellationToken cancellationToken) =>
            _hasEnded || cancellationToken.IsCancellationRequested || _last is { MayBeRepeated: false };

        private Outcome<TokenAnswer> OutcomeOf(Attempt attempt) => attempt.Result.Succeeded
            ? Outcome.FromResult(attempt.Result.Value.Answer)
            : Outcome.FromException<TokenAnswer>(new TokenRefreshException(run.Context.Key, attempt.Result.Failure));
    }
}
