namespace TokenKit;

/// <summary>Renders what a token looks like on a request, with the secrets that its placement reads beside it.</summary>
internal sealed class TokenPlacing(ReferencedSecrets secrets, OutsideValues? outside = null, ClientCertificates? certificates = null)
{
    public async ValueTask<StepResult<PlacedToken>> PlaceAsync(TokenDefinition definition, TokenKey key, TokenSet set)
    {
        // A token that came from the store was obtained by another process; this one presents the certificate as well.
        if (certificates is not null
            && await certificates.UpdateAsync(definition, secrets, CancellationToken.None).ConfigureAwait(false) is { } failure)
        {
            return failure;
        }

        if (!definition.Placement.ReadsSecrets)
        {
            return TokenPlacement.Render(definition, key, set);
        }

        var client = (definition.Request ?? definition.RefreshRequest)?.Client ?? new ClientDefinition();
        var references = definition.Placement.References.Concat(client.References);
        var resolved = await secrets.ResolveAsync(references, key.Subject, CancellationToken.None).ConfigureAwait(false);
        if (!resolved.Succeeded)
        {
            return resolved.Failure;
        }

        var values = new EvaluationContext { Params = definition.Params, Subject = key.Subject }.With(resolved.Value).WithClient(client);
        if (outside is null)
        {
            return TokenPlacement.Render(definition, key, set, values);
        }

        // The tokens of other registrations are fetched for each call.
        var all = await outside.ResolveAsync(
            [.. definition.Placement.References.Where(static reference => reference.Root != "tokens")], values, key, CancellationToken.None).ConfigureAwait(false);
        return all.Succeeded ? TokenPlacement.Render(definition, key, set, all.Value) : all.Failure;
    }
}
