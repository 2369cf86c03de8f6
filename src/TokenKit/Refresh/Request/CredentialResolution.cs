using System.Collections.Immutable;

namespace TokenKit;

/// <summary>Fetches the secrets that an exchange may read, so that everything after it is free of I/O.</summary>
/// <remarks>
/// A secret that nobody has is left without a value here: it may be optional, or stand left of a <c>||</c>. Whoever needs
/// it fails when it is rendered, still before anything is sent.
/// </remarks>
internal sealed class CredentialResolution(ISecretResolver secrets)
{
    public async Task<StepResult<EvaluationContext>> ResolveAsync(WorkingSet work)
    {
        var exchange = work.Context.Exchange;
        var resolved = ImmutableDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        using var deadline = work.Context.Deadline.CancelWhenPassed();

        foreach (var name in SecretsOf(exchange))
        {
            try
            {
                if (await secrets.ResolveAsync(name, work.Context.Key.Subject, deadline.Token).ConfigureAwait(false) is { } value)
                {
                    resolved[name] = value;
                }
            }
            catch (Exception trouble)
            {
                // Stores are other people's code and may throw anything; for a refresh all of it means the same.
                return StoreTrouble(name, trouble, deadline.IsCancellationRequested);
            }
        }

        var values = work.Values with { Secrets = resolved.ToImmutable() };
        return values with
        {
            ClientId = exchange.Client.Id.RenderFirst(values).Text,
            ClientSecret = exchange.Client.Secret.RenderFirst(values).Text,
        };
    }

    private static IEnumerable<string> SecretsOf(ExchangeDefinition exchange) =>
        exchange.References
            .Concat(exchange.Client.Id.SelectMany(static template => template.References))
            .Concat(exchange.Client.Secret.SelectMany(static template => template.References))
            .Where(static reference => reference is { Root: "secret", Member: not null })
            .Select(static reference => reference.Member!)
            .Distinct(StringComparer.Ordinal);

    private static RefreshFailure StoreTrouble(string name, Exception trouble, bool deadlineHasPassed) => trouble switch
    {
        SecretDamagedException => new RefreshFailure(
            RefreshFailureReason.StoreUnavailable,
            $"The secret '{name}' is stored and cannot be read. Repair or replace it; nothing was sent.")
        {
            Exception = trouble,
        },
        OperationCanceledException when deadlineHasPassed => new RefreshFailure(
            RefreshFailureReason.StoreUnavailable,
            $"The store did not hand out the secret '{name}' before the deadline of the refresh. Nothing was sent.")
        {
            Exception = trouble,
        },
        _ => new RefreshFailure(
            RefreshFailureReason.StoreUnavailable,
            $"The store could not be read for the secret '{name}' ({trouble.GetType().Name}). Nothing was sent.")
        {
            Exception = trouble,
        },
    };
}
