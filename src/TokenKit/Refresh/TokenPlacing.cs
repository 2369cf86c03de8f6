using TokenKit.Definitions;
using TokenKit.Language.Expressions;
using TokenKit.Placement;
using TokenKit.Refresh.Request;
using TokenKit.Storage;
using TokenKit.Values;

namespace TokenKit.Refresh;

/// <summary>
/// Renders a token whose placement reads secrets, assertions or a certificate beside it. It is the part of placement that does
/// I/O and runs foreign code, so it comes after the write; what needs neither is <see cref="TokenPlacement.RenderAtHand"/>.
/// </summary>
internal sealed class TokenPlacing(
    ReferencedSecrets secrets, TimeProvider time, OutsideValues? outside = null, ClientCertificates? certificates = null)
{
    // What is left of a deadline may be next to nothing, and then nobody's store or assertion source had a chance.
    private static readonly TimeSpan Least = TimeSpan.FromSeconds(5);

    /// <summary>Renders within what is left of a deadline, and within five seconds where less is left.</summary>
    public async ValueTask<StepResult<PlacedToken>> PlaceAsync(TokenDefinition definition, TokenKey key, TokenSet set, TimeSpan left)
    {
        using var deadline = new Deadline(time, left > Least ? left : Least).CancelWhenPassed();
        try
        {
            // Stores and sources are other people's code, and may not listen to the deadline.
            var placed = await FetchAndRenderAsync(definition, key, set, deadline.Token).AsTask().WaitAsync(deadline.Token).ConfigureAwait(false);
            return placed.Succeeded ? placed : NotPlaced(key, placed.Failure.Reason, placed.Failure.Message, placed.Failure.Exception);
        }
        catch (OperationCanceledException) when (deadline.IsCancellationRequested)
        {
            return NotPlaced(key, RefreshFailureReason.TimedOut, $"it did not come before the deadline ({Named(definition)}).", null);
        }
        catch (Exception exception)
        {
            return NotPlaced(key, RefreshFailureReason.SecretUnavailable, $"{exception.GetType().Name} was thrown ({Named(definition)}).", exception);
        }
    }

    private async ValueTask<StepResult<PlacedToken>> FetchAndRenderAsync(
        TokenDefinition definition, TokenKey key, TokenSet set, CancellationToken cancellationToken)
    {
        // A token that came from the store was obtained by another process; this one presents the certificate as well.
        if (certificates is not null
            && await certificates.UpdateAsync(definition, secrets, cancellationToken).ConfigureAwait(false) is { } failure)
        {
            return failure;
        }

        if (!definition.Placement.ReadsSecrets)
        {
            return TokenPlacement.Render(definition, key, set);
        }

        var client = (definition.Request ?? definition.RefreshRequest)?.Client ?? new ClientDefinition();
        var references = definition.Placement.References.Concat(client.References);
        var resolved = await secrets.ResolveAsync(references.NamesOf("secret"), key.Subject, cancellationToken).ConfigureAwait(false);
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
        var all = await outside.AssertionsAsync([.. definition.Placement.References], values, key, cancellationToken).ConfigureAwait(false);
        return all.Succeeded ? TokenPlacement.Render(definition, key, set, all.Value) : all.Failure;
    }

    private static RefreshFailure NotPlaced(TokenKey key, RefreshFailureReason reason, string why, Exception? exception) => new(
        reason,
        $"The token of '{key}' is stored and works, but what Placement reads beside it was missing, so that calls cannot carry it: {why} " +
        "It is looked for again; no token request is made for it.")
    {
        Exception = exception,
    };

    private static string Named(TokenDefinition definition) => string.Join(", ", definition.Placement.References
        .Where(static reference => reference.Root is "secret" or "assertion")
        .Select(static reference => $"{reference.Root}.{reference.Member}")
        .DefaultIfEmpty("Client.Certificate")
        .Distinct(StringComparer.Ordinal));
}
