using TokenKit.Definitions;
using TokenKit.Values;

namespace TokenKit.Refresh.Map;

/// <summary>Runs the user's response mapper, where there is one, so that nothing it does can harm the refresh.</summary>
internal sealed class ResponseMapperSeam(ITokenResponseMapper? mapper)
{
    public bool IsUserCode => mapper is not null;

    public StepResult<TokenCandidate> Apply(TokenAnswer answer, StepResult<TokenCandidate> mapped, ExchangeDefinition exchange)
    {
        // What the definition takes for an error is final; "no token where the definition looks" is what a mapper is for.
        if (mapper is null || mapped.Failure is { Reason: not RefreshFailureReason.TokenMissing })
        {
            return mapped;
        }

        try
        {
            if (mapper.Map(answer, mapped.Value) is { } candidate)
            {
                return candidate;
            }

            return mapped.Failure ?? new RefreshFailure(
                RefreshFailureReason.TokenMissing,
                $"The response mapper {mapper.GetType().Name} found no token in the answer to {exchange.Name}.");
        }
        catch (Exception exception)
        {
            // The exception may quote the answer, so only its type goes on.
            return new RefreshFailure(
                RefreshFailureReason.TokenInvalid,
                $"The response mapper {mapper.GetType().Name} refused the answer to {exchange.Name}: {TokenRingException.Describe(exception)}.");
        }
    }
}
