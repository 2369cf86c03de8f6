using TokenKit.Definitions;
using TokenKit.Refresh.Request;
using TokenKit.Values;

namespace TokenKit.Source.Flight;

/// <summary>Resolves the parameters that differ from key to key, once for each flight: what follows finds them in the definition.</summary>
internal sealed class SubjectParams(ResolveTokenParams? resolve, TimeProvider time)
{
    /// <returns>The definition with their values in it, or why they could not be resolved.</returns>
    public async ValueTask<StepResult<TokenDefinition>> ResolveAsync(TokenDefinition definition, TokenKey key)
    {
        if (resolve is null)
        {
            return definition;
        }

        using var deadline = new CancellationTokenSource(definition.Resilience.Timeout, time);
        try
        {
            // It is somebody else's code, and may not listen to the deadline.
            var values = await resolve(key, deadline.Token).AsTask().WaitAsync(deadline.Token).ConfigureAwait(false);
            var declared = values.Where(value => definition.ResolvedParams.Contains(value.Key));
            return definition with { Params = definition.Params.SetItems(declared) };
        }
        catch (Exception exception)
        {
            return OwnCodeFailure.From(
                exception, $"The parameters of '{key}' could not be resolved: what UseParamResolver calls", RefreshFailureReason.SecretUnavailable, "Nothing was sent.");
        }
    }
}
