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
        using var deadline = context.Deadline.CancelWhenPassed();
        var references = exchange.References.Concat(exchange.Client.References);
        var resolved = await secrets.ResolveAsync(references, context.Key.Subject, deadline.Token).ConfigureAwait(false);
        return resolved.Succeeded
            ? await outside.TokensAsync(
                exchange.References,
                work.Values.With(resolved.Value).WithClient(exchange.Client, context.SecretTurn),
                context.Key,
                deadline.Token).ConfigureAwait(false)
            : resolved.Failure;
    }
}
