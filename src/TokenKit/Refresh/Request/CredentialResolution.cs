using TokenKit.Definitions;
using TokenKit.Language.Expressions;
using TokenKit.Refresh.Clear;
using TokenKit.Storage;
using TokenKit.Values;

namespace TokenKit.Refresh.Request;

/// <summary>Resolves what an exchange reads beside the token: its secrets, who the client is, and the tokens of others.</summary>
internal sealed class CredentialResolution(ReferencedSecrets secrets, OutsideValues outside)
{
    public async ValueTask<StepResult<EvaluationContext>> ResolveAsync(WorkingSet work)
    {
        var context = work.Context;
        var exchange = context.Exchange;
        if (exchange.SecretNames.IsEmpty && !exchange.References.Any(static reference => reference.Root == "tokens"))
        {
            // Nothing is waited for, so that no timer is needed.
            return work.Values.WithClient(exchange.Client, context.SecretTurn);
        }

        using var deadline = context.Deadline.CancelWhenPassed();
        var resolved = await secrets.ResolveAsync(exchange.SecretNames, context.Key.Subject, deadline.Token).ConfigureAwait(false);
        return resolved.Succeeded
            ? await outside.TokensAsync(
                exchange,
                work.Values.With(resolved.Value).WithClient(exchange.Client, context.SecretTurn),
                context.Key,
                deadline.Token).ConfigureAwait(false)
            : resolved.Failure;
    }
}
