using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using TokenKit.Definitions;
using TokenKit.Language.Expressions;
using TokenKit.Language.Templates;
using TokenKit.Storage;
using TokenKit.Values;

namespace TokenKit.Source.Flight;

/// <summary>A seed from configuration that is to be used now: its hash, and its refresh token unless it is a code.</summary>
internal sealed record PendingSeed(string Hash, SecretText? RefreshToken);

/// <summary>The first refresh token, or code, that configuration brings: used once, and again when it changes.</summary>
/// <remarks>
/// "Changed" is told by a hash kept in the stored record, so that a restart does not put an old refresh token in the place
/// of the one it was rotated into.
/// </remarks>
internal sealed class ConfiguredSeed(ReferencedSecrets secrets)
{
    /// <summary>The seed that the stored record does not come from; <see langword="null"/> when there is nothing to do.</summary>
    public async ValueTask<StepResult<PendingSeed>?> PendingAsync(
        TokenDefinition definition, TokenKey key, TokenSet? stored, ImmutableArray<string> applied, CancellationToken cancellationToken)
    {
        if (definition.Seed is not { } seed)
        {
            return null;
        }

        var values = await ValuesAsync(definition, seed, key.Subject, cancellationToken).ConfigureAwait(false);
        if (values.Succeeded && stored is null && IsMark(seed, values.Value))
        {
            return new RefreshFailure(
                RefreshFailureReason.SecretUnavailable,
                $"The seed of '{key}' is '{SecretText.Mark}', which is what a secret is printed as. Write the refresh token itself there; nothing was sent.");
        }

        if (values.Succeeded && Hash(seed, values.Value) is { } hash)
        {
            return applied.Contains(hash) || IsMark(seed, values.Value) ? (StepResult<PendingSeed>?)null : Pending(seed, hash, values.Value);
        }

        // A seed that cannot be read is only missed where there is nothing else to begin with.
        if (stored is not null)
        {
            return null;
        }

        return values.Failure ?? new RefreshFailure(
            RefreshFailureReason.SecretUnavailable,
            $"The seed of '{key}' cannot be resolved: {Unresolved(seed, values.Value!)}. Provide the secret, or seed by ITokenSource.SeedAsync.");
    }

    /// <summary>The hash of the configured seed; <see langword="null"/> where there is none or it cannot be resolved.</summary>
    public async ValueTask<string?> HashAsync(TokenDefinition definition, string subject, CancellationToken cancellationToken)
    {
        if (definition.Seed is not { } seed)
        {
            return null;
        }

        var values = await ValuesAsync(definition, seed, subject, cancellationToken).ConfigureAwait(false);
        return values.Succeeded ? Hash(seed, values.Value) : null;
    }

    private static StepResult<PendingSeed> Pending(SeedDefinition seed, string hash, EvaluationContext values) =>
        seed.CodeExchange is not null
            ? new PendingSeed(hash, null)
            : new PendingSeed(hash, new SecretText(seed.RefreshToken.RenderFirst(values).Text ?? ""));

    private async ValueTask<StepResult<EvaluationContext>> ValuesAsync(
        TokenDefinition definition, SeedDefinition seed, string subject, CancellationToken cancellationToken)
    {
        var references = seed.Identity.Concat(seed.RefreshToken).SelectMany(static template => template.References);
        var resolved = await secrets.ResolveAsync(references, subject, cancellationToken).ConfigureAwait(false);
        return resolved.Succeeded
            ? new EvaluationContext { Params = definition.Params, Subject = subject, Secrets = resolved.Value }
            : resolved.Failure;
    }

    private static bool IsMark(SeedDefinition seed, EvaluationContext values) =>
        seed.RefreshToken.RenderFirst(values).Text is { } text && SecretText.IsMark(text);

    private static string? Hash(SeedDefinition seed, EvaluationContext values)
    {
        var identity = new StringBuilder();
        foreach (var template in seed.Identity)
        {
            if (template.Render(values).Text is not { Length: > 0 } text)
            {
                return null;
            }

            identity.Append(text).Append('\0');
        }

        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(identity.ToString())));
    }

    private static string Unresolved(SeedDefinition seed, EvaluationContext values) =>
        seed.Identity.Select(template => template.Render(values).Unresolved).FirstOrDefault(what => what is not null) ?? "it is empty";
}
