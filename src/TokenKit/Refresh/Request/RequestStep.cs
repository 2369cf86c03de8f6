namespace TokenKit;

/// <summary>
/// Gets the answer: resolves credentials, composes the message, sends it on the back channel, reads it to the last byte,
/// all under the one deadline of the refresh.
/// </summary>
/// <remarks>
/// Nothing is interpreted, and nothing that network or server do becomes an exception. When this step fails nothing is
/// lost but, where the failure is ambiguous, perhaps the refresh token that was sent.
/// </remarks>
internal sealed class RequestStep(
    BackChannel backChannel, ReferencedSecrets secrets, TimeProvider time, Randomness randomness, ITokenRequester? requester = null)
{
    private readonly CredentialResolution _credentials = new(secrets);
    private readonly AttemptPipeline _attempts = new(time, randomness);

    /// <summary>Sends the exchange of a refresh, as often as the definition and the reason allow.</summary>
    /// <param name="work">What the clear step opened.</param>
    /// <param name="requestsBefore">Requests this refresh has made already; they count towards <c>Resilience.Attempts</c>.</param>
    public async Task<StepResult<ReceivedAnswer>> SendAsync(WorkingSet work, int requestsBefore = 0)
    {
        var values = await _credentials.ResolveAsync(work).ConfigureAwait(false);
        if (!values.Succeeded)
        {
            return values.Failure with { RequestsSent = requestsBefore };
        }

        var run = new AttemptRun(work.Context, values.Value, MayCostStoredToken(work.Context), requestsBefore);
        var last = await _attempts.RunAsync(requester is null ? ComposeSendAndReadAsync : AskRequesterAsync, run).ConfigureAwait(false);
        return last.Result.Succeeded
            ? last.Result.Value with { RequestsSent = run.RequestsSent }
            : last.Result.Failure with { RequestsSent = run.RequestsSent };
    }

    // A requester is given all that is stored, whichever exchange it stands in for.
    private bool MayCostStoredToken(RefreshContext context) =>
        context.Exchange.SendsStoredToken || (requester is not null && context.Stored?.RefreshToken is not null);

    private async Task<Attempt> ComposeSendAndReadAsync(AttemptRun run)
    {
        var composed = TokenRequestComposer.Compose(run.Context, run.Values);
        if (!composed.Succeeded)
        {
            return Ended(run, AttemptEnd.Final, composed.Failure);
        }

        using var message = composed.Value;
        var origin = message.RequestUri!.GetLeftPart(UriPartial.Authority);
        if (run.Context.Deadline.HasPassed)
        {
            return DeadlineBeforeSending(run, origin);
        }

        using var deadline = run.Context.Deadline.CancelWhenPassed();
        using var client = backChannel.OpenFor(run.Context.Key.Name);
        run.RequestsSent++;
        var sentAt = ClockReading.Now(time);
        try
        {
            using var response = await client
                .SendAsync(message, HttpCompletionOption.ResponseHeadersRead, deadline.Token)
                .ConfigureAwait(false);
            var answer = await AnswerReader.ReadAsync(response, deadline.Token).ConfigureAwait(false);
            return answer.Succeeded ? Answered(run, answer.Value, sentAt) : NotTaken(run, answer.Failure);
        }
        catch (Exception exception)
        {
            // Handlers of the application may stand in this chain and throw anything. Whatever it is, a refresh token may
            // be on its way, and the flight must learn so.
            var wasTaken = (message.Content as RequestBody)?.WasTaken;
            var failure = TransportFailure.From(exception, origin, wasTaken, deadline.IsCancellationRequested);
            return Ended(run, failure.End, failure.Failure);
        }
    }

    private async Task<Attempt> AskRequesterAsync(AttemptRun run)
    {
        const string Origin = "The registered ITokenRequester";
        if (run.Context.Deadline.HasPassed)
        {
            return DeadlineBeforeSending(run, Origin);
        }

        using var deadline = run.Context.Deadline.CancelWhenPassed();
        run.RequestsSent++;
        var sentAt = ClockReading.Now(time);
        try
        {
            var context = new TokenRequestContext(run.Context.Key, run.Context.Stored, run.Context.CorrelationId);

            // It is somebody else's code: it may not listen to the deadline, and may return what its signature forbids.
            TokenAnswer? answer = await requester!.RequestAsync(context, deadline.Token).WaitAsync(deadline.Token).ConfigureAwait(false);
            return answer is not null
                ? Answered(run, answer, sentAt)
                : Ended(run, AttemptEnd.Final, new RefreshFailure(RefreshFailureReason.AnswerUnreadable, $"{Origin} returned null.") { IsAmbiguous = true });
        }
        catch (OperationCanceledException) when (deadline.IsCancellationRequested)
        {
            return Ended(run, AttemptEnd.Ambiguous, TransportFailure.TimedOut(Origin, neverLeft: false).Failure);
        }
        catch (Exception exception)
        {
            // Its exceptions may quote what it sent or received; only their type is safe to show.
            return Ended(run, AttemptEnd.Ambiguous, new RefreshFailure(
                RefreshFailureReason.Unreachable, $"{Origin} threw {exception.GetType().Name}. Its own logs know more.")
            {
                IsAmbiguous = true,
            });
        }
    }

    private static Attempt Answered(AttemptRun run, TokenAnswer answer, ClockReading sentAt) =>
        run.Last = new Attempt(run, AttemptEnd.Answered, new ReceivedAnswer(answer, sentAt, run.Values));

    private static Attempt NotTaken(AttemptRun run, RefreshFailure failure) =>
        Ended(run, failure.Reason is RefreshFailureReason.AnswerUnreadable ? AttemptEnd.Ambiguous : AttemptEnd.Final, failure);

    private static Attempt Ended(AttemptRun run, AttemptEnd end, RefreshFailure failure) =>
        run.Last = new Attempt(run, end, failure);

    // After a back-off that took longer than it should have (a suspended machine), what the last attempt learnt still counts.
    private static Attempt DeadlineBeforeSending(AttemptRun run, string origin) =>
        run.Last ?? Ended(run, AttemptEnd.Final, new RefreshFailure(
            RefreshFailureReason.TimedOut, $"{origin}: the deadline of the refresh had passed before the request could be sent. Nothing was sent."));
}
