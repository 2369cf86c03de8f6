namespace TokenKit;

/// <summary>Renders what a token looks like on a request, with the secrets that its placement reads beside it.</summary>
internal sealed class TokenPlacing(ReferencedSecrets secrets)
{
    public async ValueTask<StepResult<PlacedToken>> PlaceAsync(TokenDefinition definition, TokenKey key, TokenSet set)
    {
        if (!definition.Placement.ReadsSecrets)
        {
            return TokenPlacement.Render(definition, key, set);
        }

        var client = (definition.Request ?? definition.RefreshRequest)?.Client ?? new ClientDefinition();
        var references = definition.Placement.References
            .Concat(client.Id.Concat(client.Secret).SelectMany(static template => template.References));
        var resolved = await secrets.ResolveAsync(references, key.Subject, CancellationToken.None).ConfigureAwait(false);
        return resolved.Succeeded
            ? TokenPlacement.Render(
                definition, key, set, new EvaluationContext { Params = definition.Params, Subject = key.Subject }.With(resolved.Value).WithClient(client))
            : resolved.Failure;
    }
}
