namespace TokenKit;

/// <summary>Resolves the parameters that differ from key to key, once for each flight: what follows finds them in the definition.</summary>
internal sealed class SubjectParams(ResolveTokenParams? resolve, TimeProvider time)
{
    /// <returns>Why they could not be resolved; <see langword="null"/> when they were, or there are none.</returns>
    public async ValueTask<RefreshFailure?> ResolveAsync(FlightRun run)
    {
        if (resolve is null)
        {
            return null;
        }

        using var deadline = new CancellationTokenSource(run.Definition.Resilience.Timeout, time);
        try
        {
            // It is somebody else's code, and may not listen to the deadline.
            var values = await resolve(run.Key, deadline.Token).AsTask().WaitAsync(deadline.Token).ConfigureAwait(false);
            var declared = values.Where(value => run.Definition.ResolvedParams.Contains(value.Key));
            run.Definition = run.Definition with { Params = run.Definition.Params.SetItems(declared) };
            return null;
        }
        catch (Exception exception)
        {
            // Its message may quote what it read.
            return new RefreshFailure(
                RefreshFailureReason.SecretUnavailable,
                $"The parameters of '{run.Key}' could not be resolved ({TokenRingException.Describe(exception)}). Nothing was sent. Look at what UseParamResolver calls.")
            {
                Exception = exception,
            };
        }
    }
}
