using System.Collections.Immutable;
using TokenKit.Refresh.Clear;
using TokenKit.Refresh.Map;
using TokenKit.Refresh.Persist;
using TokenKit.Refresh.Request;
using TokenKit.Refresh.Validate;
using TokenKit.Source.Flight;
using TokenKit.Values;

namespace TokenKit.Refresh;

/// <summary>The five steps of a refresh. Their order is written here and nowhere else; README.md beside says why.</summary>
internal sealed class RefreshPipeline(
    ClearStep clear, RequestStep request, MapStep map, ResponseMapperSeam mapper, ValidateStep validate, TimeProvider time)
{
    /// <summary>
    /// Runs the steps once. Failures are results; nothing of the stored token is touched before the persist step. What the
    /// placement reads beside the token is none of them: the flight fetches it after the last, with the lease given back
    /// (<see cref="PlacementAfterwards"/>).
    /// </summary>
    public async ValueTask<PipelineResult> RunAsync(RefreshContext context)
    {
        var steps = new StepTimes(time);
        var received = new ReceivedGrant();
        try
        {
            return await RunAsync(context, steps, received).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is not TokenRingException)
        {
            var failure = UnexpectedFailure.In(context, steps.Current, exception);
            var salvaged = received.RefreshToken is { } refreshToken
                ? await PersistStep.SalvageAsync(refreshToken, received.Context ?? context).ConfigureAwait(false)
                : null;
            return Failed(steps, failure, context.RequestsBefore, salvaged);
        }
    }

    private async ValueTask<PipelineResult> RunAsync(RefreshContext context, StepTimes steps, ReceivedGrant grant)
    {
        steps.Enter("clear");
        var work = clear.Open(context);

        steps.Enter("request");
        var (received, salvaged) = await RequestAsync(work).ConfigureAwait(false);
        if (!received.Succeeded)
        {
            return Failed(steps, received.Failure, received.Failure.RequestsSent, salvaged);
        }

        if (salvaged is not null)
        {
            context = context with { Stored = salvaged };
            work = work with { Context = context };
        }

        steps.Enter("map");
        var mapped = map.Map(received.Value, work);
        (grant.RefreshToken, grant.Context) = (mapped.RefreshToken, context);
        if (mapped.RefreshToken is not null && (mapper.IsUserCode || validate.HasUserCode || !mapped.Candidate.Succeeded))
        {
            salvaged = await PersistStep.SalvageAsync(mapped.RefreshToken, context).ConfigureAwait(false);
        }

        var candidate = mapper.Apply(received.Value.Answer, mapped.Candidate, context.Exchange);
        if (!candidate.Succeeded)
        {
            return Failed(steps, candidate.Failure, received.Value.RequestsSent, salvaged);
        }

        steps.Enter("validate");
        var accepted = validate.Validate(candidate.Value, received.Value, work);
        if (!accepted.Succeeded)
        {
            if (salvaged is null && mapped.RefreshToken is not null)
            {
                salvaged = await PersistStep.SalvageAsync(mapped.RefreshToken, context).ConfigureAwait(false);
            }

            return Failed(steps, accepted.Failure, received.Value.RequestsSent, salvaged);
        }

        steps.Enter("persist");
        context.Progress?.Now = "The store has not taken its token yet.";
        var persisted = await PersistStep.SaveAsync(accepted.Value, context).ConfigureAwait(false);
        steps.End(persisted.Succeeded);

        // Whether the token can be placed at once or only with what is fetched now, the flight goes on from here.
        return new PipelineResult { Token = accepted.Value, Failure = persisted.Failure, RequestsSent = received.Value.RequestsSent, Steps = steps.Take() };
    }

    // One exchange may be several requests. What the server rotated in one of them is saved before the next one leaves.
    private async ValueTask<(StepResult<ReceivedAnswer> Received, TokenSet? Salvaged)> RequestAsync(WorkingSet work)
    {
        var exchange = work.Context.Exchange;
        if (exchange.EarlierSteps.IsEmpty || request.AsksRequester)
        {
            return (await request.SendAsync(work, work.Context.RequestsBefore).ConfigureAwait(false), null);
        }

        var resolved = await request.ResolveAsync(work).ConfigureAwait(false);
        if (!resolved.Succeeded)
        {
            return (resolved.Failure with { RequestsSent = work.Context.RequestsBefore }, null);
        }

        var values = resolved.Value;
        var requests = work.Context.RequestsBefore;
        ImmutableArray<TokenAnswer> answers = [];
        TokenSet? salvaged = null;
        foreach (var step in exchange.EarlierSteps)
        {
            var stepWork = work with { Context = work.Context with { Exchange = step } };
            var received = await request.SendAsync(stepWork, values, requests).ConfigureAwait(false);
            if (!received.Succeeded)
            {
                return (received.Failure, salvaged);
            }

            requests = received.Value.RequestsSent;
            answers = answers.Add(received.Value.Answer);
            values = values with { Steps = map.StepsOf(answers, exchange) };
            var (failure, refreshToken) = map.ReadStep(received.Value with { Values = values }, stepWork, exchange.Response);
            if (refreshToken is not null)
            {
                salvaged = await PersistStep.SalvageAsync(refreshToken, work.Context).ConfigureAwait(false);
                work = work with { Context = work.Context with { Stored = salvaged } };
            }

            if (failure is not null)
            {
                return (failure with { RequestsSent = requests }, salvaged);
            }
        }

        var last = await request.SendAsync(work, values, requests).ConfigureAwait(false);
        return (last.Succeeded ? last.Value with { Answer = last.Value.Answer.After(answers) } : last.Failure, salvaged);
    }

    private static PipelineResult Failed(StepTimes steps, RefreshFailure failure, int requestsSent, TokenSet? salvaged = null)
    {
        steps.End(succeeded: false);

        // Once the new refresh token was read nothing is in doubt any more, whatever else the answer lacked.
        var certain = salvaged is null ? failure : failure with { IsAmbiguous = false };
        return new PipelineResult { Failure = certain, Salvaged = salvaged, RequestsSent = requestsSent, Steps = steps.Take() };
    }

    /// <summary>The refresh token of the answer as soon as it was read, so that nothing unforeseen can lose it.</summary>
    private sealed class ReceivedGrant
    {
        public SecretText? RefreshToken { get; set; }

        public RefreshContext? Context { get; set; }
    }
}
