using System.Collections.Immutable;
using System.Globalization;
using TokenKit.Definitions;
using TokenKit.Refresh.Request;
using TokenKit.Source;

namespace TokenKit.Checking.Checks;

/// <summary>One check: refresh after refresh until the recorded answers are used up.</summary>
internal sealed class CheckRun(TokenParts parts, IReadOnlyList<TokenAnswer> answers, DefinitionCheckOptions options, CheckSecrets secrets)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMinutes(1);

    public async Task<DefinitionCheck> RunAsync(CancellationToken cancellationToken)
    {
        var clock = new CheckClock(options.Now ?? DateOf(answers) ?? parts.Time.GetUtcNow());
        using var telemetry = new UnwatchedTelemetry(clock);
        var transport = new RecordedTransport(answers, secrets.Mask);
        var candidates = new CandidateRecorder();
        var replaced = parts with
        {
            Definitions = new FixedDefinition(OnceEach(parts.Definitions.Current)),
            BackChannel = new BackChannel(transport),
            Telemetry = telemetry.Telemetry,
            Time = clock,
            Randomness = new CheckChance(),
            Outside = StandInSources.Beside(parts.Outside, clock),
            Certificates = parts.Certificates is null ? null : new ClientCertificates(),
            Requester = parts.Requester is null ? null : transport,

            // Recorded answers come at once, and a strategy that waits or limits rates would wait for a clock that stands still.
            Resilience = [],
            Validators = [.. parts.Validators, candidates],
        };
        var refreshes = ImmutableArray.CreateBuilder<CheckedRefresh>();
        var state = await CheckState.BeginAsync(replaced, options).ConfigureAwait(false);
        try
        {
            while (transport.AnswersLeft > 0 || refreshes.Count == 0)
            {
                cancellationToken.ThrowIfCancellationRequested();
                var refresh = await RefreshAsync(state, clock, transport, candidates, cancellationToken).ConfigureAwait(false);
                refreshes.Add(refresh);
                if (refresh.Requests.Count == 0)
                {
                    // Nothing was asked for, and nothing will be the next time.
                    break;
                }

                clock.Advance(PauseAfter(refresh.Result, clock));
                if (refresh.Result.Failure is { Reason: RefreshFailureReason.ReauthorizationRequired } && transport.AnswersLeft > 0)
                {
                    // The grant is dead; what was recorded after it belongs to another one.
                    await state.DisposeAsync().ConfigureAwait(false);
                    state = await CheckState.BeginAsync(replaced, options).ConfigureAwait(false);
                }
            }
        }
        finally
        {
            await state.DisposeAsync().ConfigureAwait(false);
        }

        return new DefinitionCheck { Name = parts.Name, Refreshes = refreshes.ToImmutable(), AnswersLeft = transport.AnswersLeft };
    }

    private static async Task<CheckedRefresh> RefreshAsync(
        CheckState state, CheckClock clock, RecordedTransport transport, CandidateRecorder candidates, CancellationToken cancellationToken)
    {
        var startedAt = clock.GetUtcNow();
        var before = await state.StoredAsync().ConfigureAwait(false);
        var result = await state.RefreshAsync(cancellationToken).ConfigureAwait(false);
        return new CheckedRefresh
        {
            StartedAt = startedAt,
            Exchange = state.NextExchange(before),
            Requests = transport.TakeAsked(),
            Candidate = candidates.Take(),
            Result = result,
            IsRefreshTokenNew = result.TokenSet?.RefreshToken is { } now && !now.Equals(before?.RefreshToken),
        };
    }

    // The next one comes when it would: when the token is due, or when a failure has been waited out.
    private static TimeSpan PauseAfter(RefreshResult result, CheckClock clock)
    {
        if (!result.Succeeded)
        {
            return result.Failure.RetryAfter ?? Pause;
        }

        var untilDue = result.Token.RefreshAt - clock.GetUtcNow();
        return result.Token.RefreshAt < DateTimeOffset.MaxValue && untilDue > TimeSpan.Zero ? untilDue : Pause;
    }

    // An answer tells what it means once; a second attempt would take the next one away.
    private static TokenDefinition OnceEach(TokenDefinition definition)
    {
        var once = definition.Resilience.Snapshot();
        once.Attempts = 1;
        return definition with { Resilience = once };
    }

    private static DateTimeOffset? DateOf(IReadOnlyList<TokenAnswer> answers) =>
        answers.Count > 0 && answers[0].Headers.TryGetValue("Date", out var dates) && dates is [var date, ..]
        && DateTimeOffset.TryParseExact(date, "r", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var instant)
            ? instant
            : null;
}
