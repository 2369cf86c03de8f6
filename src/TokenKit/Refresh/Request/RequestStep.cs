using System.Collections.Immutable;
using TokenKit.Language.Expressions;
using TokenKit.Refresh.Clear;
using TokenKit.Storage;
using TokenKit.Values;
using TokenKit.Work;

namespace TokenKit.Refresh.Request;

/// <summary>
/// Gets the answer: resolves credentials, composes the message, sends it on the back channel, reads it to the last byte,
/// all under the one deadline of the refresh.
/// </summary>
/// <remarks>
/// Nothing is interpreted, and nothing that network or server do becomes an exception. When this step fails nothing is
/// lost but, where the failure is ambiguous, perhaps the refresh token that was sent.
/// </remarks>
internal sealed class RequestStep(
    BackChannel backChannel,
    ReferencedSecrets secrets,
    TimeProvider time,
    Randomness randomness,
    ITokenRequester? requester = null,
    OutsideSources? outside = null,
    ClientCertificates? certificates = null,
    IReadOnlyList<TokenEndpointResilience>? resilience = null)
{
    private readonly OutsideSources _outside = outside ?? OutsideSources.None;
    private readonly OutsideValues _outsideValues = new(outside ?? OutsideSources.None);
    private readonly CredentialResolution _credentials = new(secrets, new OutsideValues(outside ?? OutsideSources.None));
    private readonly AttemptPipeline _attempts = new(time, randomness, OwnResilience.From(resilience ?? [], time));
    private readonly AuthorityDiscovery _discovery = new(backChannel, time);

    /// <summary>Whether the application gets the answer itself, all steps of the definition included.</summary>
    public bool AsksRequester => requester is not null;

    /// <summary>Resolves everything that the exchange reads, once for all its steps.</summary>
    public ValueTask<StepResult<EvaluationContext>> ResolveAsync(WorkingSet work) => _credentials.ResolveAsync(work);

    /// <summary>Resolves what the exchange of a refresh reads, and sends it.</summary>
    /// <param name="work">What the clear step opened.</param>
    /// <param name="requestsBefore">Requests this refresh has made already; they count towards <c>Resilience.Attempts</c>.</param>
    public async ValueTask<StepResult<ReceivedAnswer>> SendAsync(WorkingSet work, int requestsBefore = 0)
    {
        var values = await ResolveAsync(work).ConfigureAwait(false);
        return values.Succeeded
            ? await SendAsync(work, values.Value, requestsBefore).ConfigureAwait(false)
            : values.Failure with { RequestsSent = requestsBefore };
    }

    /// <summary>Sends one request, as often as the definition and the reason allow.</summary>
    /// <param name="work">What the clear step opened; its context names the request.</param>
    /// <param name="values">The resolved values, the answers of earlier steps included.</param>
    /// <param name="requestsBefore">Requests this refresh has made already.</param>
    public async ValueTask<StepResult<ReceivedAnswer>> SendAsync(WorkingSet work, EvaluationContext values, int requestsBefore)
    {
        if (requester is null && work.Context.Exchange.IsLocal)
        {
            var asserted = await AssertAsync(work.Context, values).ConfigureAwait(false);
            if (!asserted.Succeeded)
            {
                return asserted.Failure with { RequestsSent = requestsBefore };
            }

            var nothing = new TokenAnswer(200, ImmutableDictionary<string, IReadOnlyList<string>>.Empty, ReadOnlyMemory<byte>.Empty);
            return new ReceivedAnswer(nothing, ClockReading.Now(time), asserted.Value) { RequestsSent = requestsBefore };
        }

        var prepared = await PrepareAsync(work.Context, values).ConfigureAwait(false);
        if (!prepared.Succeeded)
        {
            return prepared.Failure with { RequestsSent = requestsBefore };
        }

        var run = new AttemptRun(work.Context, prepared.Value, MayCostStoredToken(work.Context), requestsBefore);
        var last = await _attempts.RunAsync(requester is null ? FindSendAndReadAsync : AskRequesterAsync, run).ConfigureAwait(false);
        return last.Result switch
        {
            { Succeeded: false } => last.Result.Failure with { RequestsSent = run.RequestsSent },
            { Value: var answered } when answered.RequestsSent == run.RequestsSent => answered,
            { Value: var answered } => answered with { RequestsSent = run.RequestsSent },
        };
    }

    // What must be known before the first connection is opened.
    private async ValueTask<StepResult<EvaluationContext>> PrepareAsync(RefreshContext context, EvaluationContext values)
    {
        if (requester is not null)
        {
            // Only how the answer is read may name assertions.
            return await AssertAsync(context, values).ConfigureAwait(false);
        }

        if (certificates is not null && ClientCertificates.IsNamedBy(context.Definition))
        {
            using var deadline = context.Deadline.CancelWhenPassed();
            if (await certificates.UpdateAsync(context.Definition, secrets, deadline.Token).ConfigureAwait(false) is { } failure)
            {
                return failure;
            }
        }

        return values;
    }

    /// <summary>
    /// Finds the endpoint where the definition names an authority. Metadata that cannot be had for a moment costs an attempt, as
    /// a token endpoint does that is down: nothing was sent that another attempt could spoil.
    /// </summary>
    private async ValueTask<StepResult<EvaluationContext>> FindEndpointAsync(AttemptRun run)
    {
        if (run.Context.Exchange is not { Url.IsEmpty: true, Authority.IsEmpty: false })
        {
            return run.Values;
        }

        var endpoint = await _discovery.FindAsync(run.Context, run.Values).ConfigureAwait(false);
        return endpoint.Succeeded ? run.Values with { DiscoveredEndpoint = endpoint.Value } : endpoint.Failure;
    }

    private async ValueTask<StepResult<EvaluationContext>> AssertAsync(RefreshContext context, EvaluationContext values)
    {
        if (!context.Exchange.References.Any(static reference => reference.Root == "assertion"))
        {
            return values;
        }

        using var deadline = context.Deadline.CancelWhenPassed();
        return await _outsideValues.AssertionsAsync(context.Exchange, values, context.Key, deadline.Token).ConfigureAwait(false);
    }

    private async ValueTask<RefreshFailure?> SignAsync(HttpRequestMessage message, RefreshContext context, EvaluationContext values, CancellationToken cancellationToken)
    {
        if (context.Exchange.Sign is not { } name)
        {
            return null;
        }

        var failure = await RequestSigning.SignAsync(
            _outside.Signers, name, message, new RequestSigningContext { Key = context.Key, Now = values.Now, Uuid = values.Uuid, Token = null }, cancellationToken)
            .ConfigureAwait(false);
        (message.Content as RequestBody)?.IsStillHere();
        return failure?.Saying($"{failure.Message} '{name}' signs {context.Exchange.Name}.");
    }

    // A requester is given all that is stored, whichever exchange it stands in for.
    private bool MayCostStoredToken(RefreshContext context) =>
        context.Exchange.SendsStoredToken || (requester is not null && context.Stored?.RefreshToken is not null);

    private async ValueTask<Attempt> FindSendAndReadAsync(AttemptRun run)
    {
        var found = await FindEndpointAsync(run).ConfigureAwait(false);
        if (!found.Succeeded)
        {
            run.RequestsSent++;
            var mayPass = found.Failure.Reason is RefreshFailureReason.ServerError or RefreshFailureReason.Unreachable or RefreshFailureReason.TimedOut;
            return Ended(run, mayPass ? AttemptEnd.NeverLeft : AttemptEnd.Final, found.Failure);
        }

        var attempt = await ComposeSendAndReadAsync(run, found.Value).ConfigureAwait(false);
        return found.Value.DiscoveredEndpoint is { } endpoint && IsNotThere(attempt)
            && await _discovery.HasMovedAsync(run.Context, run.Values, endpoint).ConfigureAwait(false)
            ? run.Last = attempt with { End = AttemptEnd.Moved }
            : attempt;
    }

    // Only where nothing can have been spent: nothing was sent, or what answered is no token endpoint. A condition of the definition's
    // own may call any status a success.
    private static bool IsNotThere(Attempt attempt) => attempt.Result.Succeeded
        ? attempt.Result.Value.Answer.StatusCode is 404 or 405 or 410 && attempt.Run.Context.Exchange.Response.Success is null
        : attempt.Result.Failure is { Reason: RefreshFailureReason.Unreachable or RefreshFailureReason.TimedOut, IsAmbiguous: false };

    private async ValueTask<Attempt> ComposeSendAndReadAsync(AttemptRun run, EvaluationContext found)
    {
        // Dated, signed and asserted again for each attempt: a server may refuse what it saw before.
        var dated = run.Last is null ? found : found with { Now = time.GetUtcNow(), Uuid = randomness.NextGuid() };
        var asserted = await AssertAsync(run.Context, dated).ConfigureAwait(false);
        if (!asserted.Succeeded)
        {
            var mayPass = asserted.Failure.IsTransient;
            run.RequestsSent += mayPass ? 1 : 0;
            return Ended(run, mayPass ? AttemptEnd.NeverLeft : AttemptEnd.Final, asserted.Failure);
        }

        var jwts = run.Values.Jwts?.Anew();
        var values = ReferenceEquals(jwts, asserted.Value.Jwts) ? asserted.Value : asserted.Value with { Jwts = jwts };
        var composed = TokenRequestComposer.Compose(run.Context, values);
        if (!composed.Succeeded)
        {
            return Ended(run, AttemptEnd.Final, composed.Failure);
        }

        using var message = composed.Value;
        var naming = RequestNaming.Of(run.Context.Exchange, message.RequestUri!);
        if (run.Context.Deadline.HasPassed)
        {
            return DeadlineBeforeSending(run, naming);
        }

        using var timer = run.Context.Deadline.CancelWhenPassed();
        using var either = run.Stop.CanBeCanceled ? CancellationTokenSource.CreateLinkedTokenSource(timer.Token, run.Stop) : null;
        var deadline = either ?? timer;
        if (await SignAsync(message, run.Context, values, deadline.Token).ConfigureAwait(false) is { } unsigned)
        {
            return Ended(run, AttemptEnd.Final, unsigned);
        }

        using var client = backChannel.OpenFor(run.Context.Key.Name, message);
        run.RequestsSent++;
        run.Context.Progress?.AwaitsAnswer(naming, run.RequestsSent);
        var sentAt = ClockReading.Now(time);
        try
        {
            using var response = await client
                .SendAsync(message, HttpCompletionOption.ResponseHeadersRead, deadline.Token)
                .ConfigureAwait(false);
            var answer = await AnswerReader
                .ReadAsync(response, naming, mayBeRedirect: run.Context.Exchange.Response.Success is not null, deadline.Token)
                .ConfigureAwait(false);
            return answer.Succeeded
                ? Answered(run, answer.Value, sentAt, values, run.Context.Exchange.Sign is null ? null : message, answer.Value.StatusCode == 407 ? FindProxy() : null)
                : NotTaken(run, answer.Failure);
        }
        catch (Exception exception)
        {
            // Handlers of the application may stand in this chain and throw anything. Whatever it is, a refresh token may
            // be on its way, and the flight must learn so.
            var wasTaken = (message.Content as RequestBody)?.WasTaken;
            var failure = TransportFailure.From(exception, naming, wasTaken, deadline.IsCancellationRequested, FindProxy);
            return Ended(run, failure.End, failure.Failure);
        }

        ProxyInUse FindProxy() => backChannel.ProxyFor(run.Context.Key.Name, message.RequestUri!);
    }

    private async ValueTask<Attempt> AskRequesterAsync(AttemptRun run)
    {
        const string Origin = "The registered ITokenRequester";
        if (run.Context.Deadline.HasPassed)
        {
            return DeadlineBeforeSending(run, RequestNaming.Requester);
        }

        using var timer = run.Context.Deadline.CancelWhenPassed();
        using var either = run.Stop.CanBeCanceled ? CancellationTokenSource.CreateLinkedTokenSource(timer.Token, run.Stop) : null;
        var deadline = either ?? timer;
        run.RequestsSent++;
        run.Context.Progress?.Now = $"{Origin} has not answered yet.";
        var sentAt = ClockReading.Now(time);
        try
        {
            var context = new TokenRequesterContext { Key = run.Context.Key, Stored = run.Context.Stored, CorrelationId = run.Context.CorrelationId };

            // It is somebody else's code: it may not listen to the deadline, and may return what its signature forbids.
            TokenAnswer? answer = await requester!.RequestAsync(context, deadline.Token).AsTask().WaitAsync(deadline.Token).ConfigureAwait(false);
            return answer is not null
                ? Answered(run, answer, sentAt, run.Values)
                : Ended(run, AttemptEnd.Final, new RefreshFailure(RefreshFailureReason.AnswerUnreadable, $"{Origin} returned null.") { IsAmbiguous = true });
        }
        catch (OperationCanceledException) when (deadline.IsCancellationRequested)
        {
            return Ended(run, AttemptEnd.Ambiguous, TransportFailure.TimedOut(RequestNaming.Requester, neverLeft: false).Failure);
        }
        catch (Exception exception)
        {
            var failure = OwnCodeFailure.From(exception, Origin, RefreshFailureReason.RequestRejected, "Nobody knows what it has sent.");
            return Ended(run, failure.IsTransient ? AttemptEnd.Ambiguous : AttemptEnd.Final, failure with { IsAmbiguous = true });
        }
    }

    private static Attempt Answered(
        AttemptRun run, TokenAnswer answer, ClockReading sentAt, EvaluationContext values, HttpRequestMessage? signed = null, ProxyInUse? proxy = null) =>
        run.Last = new Attempt(run, AttemptEnd.Answered, new ReceivedAnswer(answer, sentAt, values)
        {
            RequestsSent = run.RequestsSent,
            Signed = signed,
            Proxy = proxy,
        });

    private static Attempt NotTaken(AttemptRun run, RefreshFailure failure) =>
        Ended(run, failure.Reason is RefreshFailureReason.AnswerUnreadable ? AttemptEnd.Ambiguous : AttemptEnd.Final, failure);

    private static Attempt Ended(AttemptRun run, AttemptEnd end, RefreshFailure failure) =>
        run.Last = new Attempt(run, end, failure);

    // After a back-off that took longer than it should have (a suspended machine), what the last attempt learnt still counts.
    private static Attempt DeadlineBeforeSending(AttemptRun run, RequestNaming naming) =>
        run.Last ?? Ended(run, AttemptEnd.Final, new RefreshFailure(
            RefreshFailureReason.TimedOut, $"{naming.Request} was not sent, because the deadline of the refresh had passed before."));
}
