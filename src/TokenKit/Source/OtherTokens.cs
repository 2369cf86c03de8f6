using System.Collections.Immutable;
using TokenKit.Language.Expressions;
using TokenKit.Refresh.Request;
using TokenKit.Values;

namespace TokenKit.Source;

/// <summary>The tokens of other registrations, by the sources that are registered under their names.</summary>
internal sealed class OtherTokens(Func<string, ITokenSource?> sources) : IOtherTokens
{
    public async ValueTask<StepResult<ExpressionValue>> ReadAsync(string name, TokenKey key, CancellationToken cancellationToken)
    {
        if (sources(name) is not { } source)
        {
            return Unavailable(name, "is not registered", null);
        }

        try
        {
            // The same subject: another's token must never stand in for it.
            var token = await source.GetTokenAsync(new TokenDemand { Subject = key.Subject }, cancellationToken).ConfigureAwait(false);
            return ValueOf(token);
        }
        catch (TokenRefreshException trouble)
        {
            return Unavailable(name, $"could not be obtained ({trouble.Reason})", trouble);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return new RefreshFailure(
                RefreshFailureReason.TimedOut, $"The token '{name}' was not there before the deadline of the refresh. Nothing was sent.");
        }
        catch (InvalidOperationException trouble)
        {
            return new RefreshFailure(RefreshFailureReason.SecretUnavailable, $"The token '{name}' cannot be used here: {trouble.Message}");
        }
    }

    private static ExpressionValue.ObjectValue ValueOf(AccessToken token)
    {
        var members = ImmutableDictionary.CreateBuilder<string, ExpressionValue>(StringComparer.Ordinal);
        members["access"] = ExpressionValue.Of(token.Reveal());
        members["values"] = new ExpressionValue.ObjectValue(
            token.Values.ToImmutableDictionary(static pair => pair.Key, static pair => ExpressionValue.Of(pair.Value.Text)));
        if (token.ExpiresAt != DateTimeOffset.MaxValue)
        {
            members["expiresAt"] = ExpressionValue.Of(token.ExpiresAt);
        }

        return new ExpressionValue.ObjectValue(members.ToImmutable());
    }

    // Never the other's own reason: what is wrong with its grant or client says nothing about ours.
    private static RefreshFailure Unavailable(string name, string why, TokenRefreshException? trouble) =>
        new(
            trouble is { IsTransient: true } ? RefreshFailureReason.Unreachable : RefreshFailureReason.SecretUnavailable,
            $"The token '{name}', which this one needs, {why}. See its own messages; nothing was sent.")
        {
            RetryAfter = trouble?.RetryAfter,
        };
}
