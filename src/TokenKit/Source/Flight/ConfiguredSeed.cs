using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using TokenKit.Definitions;
using TokenKit.Language.Expressions;
using TokenKit.Language.Formats;
using TokenKit.Language.Templates;
using TokenKit.Storage;
using TokenKit.Values;

namespace TokenKit.Source.Flight;

/// <summary>A seed from configuration that is to be used now: its hash, and its tokens unless it is a code.</summary>
internal sealed record PendingSeed(string Hash, SecretText? RefreshToken, SecretText? AccessToken)
{
    public bool IsCode => RefreshToken is null && AccessToken is null;
}

/// <summary>The first tokens, or the code, that configuration brings: used once, and another one when it changes.</summary>
/// <remarks>
/// "Changed" is told by hashes kept in the stored record, so that neither a restart nor another version of the program puts an old
/// refresh token in the place of the one it was rotated into.
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
        var read = values.Succeeded ? Read(seed, key, values.Value) : values.Failure;
        if (read.Succeeded)
        {
            return applied.Contains(read.Value.Hash) ? (StepResult<PendingSeed>?)null : read;
        }

        // A seed that cannot be read is only missed where there is nothing else to begin with.
        return stored is null ? read : (StepResult<PendingSeed>?)null;
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

    private static StepResult<PendingSeed> Read(SeedDefinition seed, TokenKey key, EvaluationContext values)
    {
        var (refreshToken, accessToken) = (TextOf(seed.RefreshToken, values), TextOf(seed.AccessToken, values));
        if (IsMark(refreshToken) || IsMark(accessToken))
        {
            return new RefreshFailure(
                RefreshFailureReason.SecretUnavailable,
                $"The seed of '{key}' is '{SecretText.Mark}', which is what a secret is printed as. Write the token itself there; nothing was sent.");
        }

        if (Hash(seed, values) is not { } hash
            || (refreshToken is null && !seed.RefreshToken.IsEmpty)
            || (accessToken is null && !seed.AccessToken.IsEmpty))
        {
            return new RefreshFailure(
                RefreshFailureReason.SecretUnavailable,
                $"The seed of '{key}' cannot be resolved: {Unresolved(seed, values)}. Provide the secret, or seed by ITokenSource.SeedAsync.");
        }

        return accessToken is null || VisibleText.IsHeaderSafe(accessToken)
            ? new PendingSeed(hash, SecretOf(refreshToken), SecretOf(accessToken))
            : new RefreshFailure(
                RefreshFailureReason.SecretUnavailable,
                $"The access token in the seed of '{key}' holds blanks, control characters or characters outside ASCII, and must not be put into a header. Look at what Seed:AccessToken reads; nothing was sent.");
    }

    private async ValueTask<StepResult<EvaluationContext>> ValuesAsync(
        TokenDefinition definition, SeedDefinition seed, string subject, CancellationToken cancellationToken)
    {
        var resolved = await secrets.ResolveAsync(seed.References.NamesOf("secret"), subject, cancellationToken).ConfigureAwait(false);
        return resolved.Succeeded
            ? new EvaluationContext { Params = definition.Params, Subject = subject, Secrets = resolved.Value }
            : resolved.Failure;
    }

    private static string? TextOf(ImmutableArray<Template> alternatives, EvaluationContext values) =>
        alternatives.RenderFirst(values).Text is { Length: > 0 } text ? text : null;

    private static SecretText? SecretOf(string? text) => text is null ? null : new SecretText(text);

    private static bool IsMark(string? text) => text is not null && SecretText.IsMark(text);

    // A token that was written in the wrong place and then in the right one is another seed.
    private static string? Hash(SeedDefinition seed, EvaluationContext values) =>
        TextOf(seed.Identity, values) is { } text
            ? Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(
                seed is { RefreshToken.IsEmpty: true, AccessToken.IsEmpty: false } ? $"access\0{text}\0" : $"{text}\0")))
            : null;

    private static string Unresolved(SeedDefinition seed, EvaluationContext values) =>
        new[] { seed.Identity, seed.RefreshToken, seed.AccessToken }
            .Select(alternatives => alternatives.RenderFirst(values).Unresolved)
            .FirstOrDefault(static what => what is not null) ?? "it is empty";
}
