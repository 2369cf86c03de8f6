using Polly;
using Polly.Retry;
using TokenKit.Values;
using TokenKit.Work;

namespace TokenKit.Refresh.Request;

/// <summary>Decides which attempts get another one, and when. A Polly pipeline, built once; what differs travels in the run.</summary>
internal sealed class AttemptPipeline
{
    // Full jitter below a ceiling that doubles: clients that failed together do not come back together. Few and short,
    // because callers may be waiting; what lasts longer is the failure memory's to bridge.
    private static readonly TimeSpan FirstCeiling = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan LastCeiling = TimeSpan.FromSeconds(2);

    // An attempt with less time than this mostly ends as a timeout, and a timeout is an ambiguous answer.
    private static readonly TimeSpan TimeForAnAttempt = TimeSpan.FromSeconds(1);

    private readonly ResiliencePipeline<Attempt> _pipeline;

    private readonly OwnResilience? _own;

    /// <param name="time">For the pauses.</param>
    /// <param name="randomness">Draws the pauses.</param>
    /// <param name="own">The application's strategies around each attempt.</param>
    public AttemptPipeline(TimeProvider time, Randomness randomness, OwnResilience? own = null)
    {
        _own = own;
        _pipeline = new ResiliencePipelineBuilder<Attempt> { TimeProvider = time }
            .AddRetry(new RetryStrategyOptions<Attempt>
            {
                // The number of requests is limited by the definition, through the run.
                MaxRetryAttempts = int.MaxValue,
                ShouldHandle = static arguments => new(
                    arguments.Outcome.Result is { } attempt && GetsAnother(attempt, arguments.AttemptNumber)),
                DelayGenerator = arguments => new(CeilingAfter(arguments.AttemptNumber) * randomness.NextDouble()),
                Randomizer = randomness.NextDouble,
            })
            .Build();
    }

    /// <summary>Makes attempts until one is good enough, or another cannot help, or time or number run out.</summary>
    public async ValueTask<Attempt> RunAsync(Func<AttemptRun, ValueTask<Attempt>> attempt, AttemptRun run)
    {
        // Nearly always the only one, and the machinery for others costs more than all that surrounds it.
        var first = await SendAsync(attempt, run).ConfigureAwait(false);
        return GetsAnother(first, attemptNumber: 0) ? await GoOnAsync(first, attempt, run).ConfigureAwait(false) : first;
    }

    // No cancellation: a refresh belongs to no caller, and a delay is only begun when it ends before the deadline.
    private ValueTask<Attempt> GoOnAsync(Attempt? first, Func<AttemptRun, ValueTask<Attempt>> attempt, AttemptRun run)
    {
        return _pipeline.ExecuteAsync(NextAsync, CancellationToken.None);

        ValueTask<Attempt> NextAsync(CancellationToken cancellationToken)
        {
            var made = first;
            first = null;
            return made is null ? SendAsync(attempt, run) : new ValueTask<Attempt>(made);
        }
    }

    private ValueTask<Attempt> SendAsync(Func<AttemptRun, ValueTask<Attempt>> attempt, AttemptRun run) =>
        _own is { } own ? own.SendAsync(attempt, run) : attempt(run);

    private static bool GetsAnother(Attempt attempt, int attemptNumber) =>
        attempt.Run.MaySendAnother
        && HasTime(attempt.Run.Context.Deadline, attemptNumber)
        && attempt.End switch
        {
            // Costs nothing: the server has seen nothing, or it was the wrong place.
            AttemptEnd.NeverLeft or AttemptEnd.Moved => true,

            // The server may have rotated the refresh token that was sent. When that one is sent again is decided by the
            // flight, which knows the server's grace and whether the old access token still works.
            AttemptEnd.Ambiguous => !attempt.Run.MayCostStoredToken,
            AttemptEnd.Answered => AsksForAnother(attempt.Result.Value!.Answer, attempt.Run),
            _ => false,
        };

    private static bool HasTime(Deadline deadline, int attemptNumber)
    {
        var quarter = deadline.Span / 4;
        return deadline.Remaining > CeilingAfter(attemptNumber) + (TimeForAnAttempt < quarter ? TimeForAnAttempt : quarter);
    }

    private static bool AsksForAnother(TokenAnswer answer, AttemptRun run)
    {
        // With a condition of its own the definition may call any status a success; only the map step can tell.
        if (run.Context.Exchange.Response.Success is not null)
        {
            return false;
        }

        // The server named a time (RFC 9110 section 10.2.3). It is longer than a refresh waits; the caller obeys it.
        if (answer.Headers.ContainsKey("Retry-After"))
        {
            return false;
        }

        return answer.StatusCode switch
        {
            // The server itself says that it failed, or that it did not begin (RFC 8470 section 5.2).
            500 or 503 or 425 => true,

            // It will say the same again: not implemented, HTTP version, a network that wants a login first.
            501 or 505 or 511 => false,

            // Somebody between us and the server speaks, or the server gave up waiting: the work may have been done.
            408 or (> 500 and < 600) => !run.MayCostStoredToken,

            // 429 waits. The rest of 4xx is an answer.
            _ => false,
        };
    }

    private static TimeSpan CeilingAfter(int attemptNumber)
    {
        var ceiling = FirstCeiling * Math.Pow(2, Math.Min(attemptNumber, 10));
        return ceiling < LastCeiling ? ceiling : LastCeiling;
    }
}
