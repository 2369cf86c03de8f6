using System.Collections.Immutable;
using TokenKit.Language.Expressions;
using TokenKit.Values;

namespace TokenKit.Storage;

/// <summary>Fetches the secrets that templates may read, so that everything after it is free of I/O.</summary>
/// <remarks>
/// A secret that nobody has is left without a value here: it may be optional, or stand left of a <c>||</c>. Whoever needs
/// it fails when it is rendered, still before anything is sent.
/// </remarks>
internal sealed class ReferencedSecrets(ISecretResolver secrets)
{
    public async ValueTask<StepResult<ImmutableDictionary<string, string>>> ResolveAsync(
        ImmutableArray<string> names, string subject, CancellationToken cancellationToken)
    {
        if (names.IsEmpty)
        {
            return ImmutableDictionary<string, string>.Empty;
        }

        var resolved = ImmutableDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        foreach (var name in names)
        {
            try
            {
                if (await secrets.ResolveAsync(name, subject, cancellationToken).ConfigureAwait(false) is { } value)
                {
                    resolved[name] = value;
                }
            }
            catch (Exception trouble)
            {
                // Stores are other people's code and may throw anything; for a refresh all of it means the same.
                return StoreTrouble(name, trouble, cancellationToken.IsCancellationRequested);
            }
        }

        return resolved.ToImmutable();
    }

    private static RefreshFailure StoreTrouble(string name, Exception trouble, bool deadlineHasPassed) =>
        new(RefreshFailureReason.StoreUnavailable, trouble switch
        {
            SecretDamagedException => $"The secret '{name}' is stored and cannot be read. Repair or replace it; nothing was sent.",
            OperationCanceledException when deadlineHasPassed =>
                $"The store did not hand out the secret '{name}' before the deadline of the refresh. Nothing was sent.",
            _ => $"The store could not be read for the secret '{name}' ({TokenRingException.Describe(trouble)}). Nothing was sent.",
        })
        {
            Exception = trouble,
        };
}
