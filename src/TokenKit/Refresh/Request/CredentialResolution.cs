namespace TokenKit;

/// <summary>Resolves what an exchange reads beside the token: its secrets, and who the client is.</summary>
internal sealed class CredentialResolution(ReferencedSecrets secrets)
{
    public async Task<StepResult<EvaluationContext>> ResolveAsync(WorkingSet work)
    {
        var exchange = work.Context.Exchange;
        using var deadline = work.Context.Deadline.CancelWhenPassed();
        var references = exchange.References
            .Concat(exchange.Client.Id.SelectMany(static template => template.References))
            .Concat(exchange.Client.Secret.SelectMany(static template => template.References));
        var resolved = await secrets.ResolveAsync(references, work.Context.Key.Subject, deadline.Token).ConfigureAwait(false);
        return resolved.Succeeded
            ? work.Values.With(resolved.Value).WithClient(exchange.Client)
            : resolved.Failure;
    }
}
