using System.Text;

namespace TokenKit.Storage;

/// <summary>Finds secrets for one registration: in its store for the subject, in its store for all, in configuration.</summary>
internal sealed class SecretResolver(ISecretStore store, ISecretStore configuration, string environment) : ISecretResolver
{
    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    public async ValueTask<string?> ResolveAsync(string name, string subject, CancellationToken cancellationToken)
    {
        if (subject.Length > 0
            && await FindAsync(store, new SecretKey(environment, name, subject), cancellationToken).ConfigureAwait(false) is { } own)
        {
            return own;
        }

        var key = new SecretKey(environment, name);
        return await FindAsync(store, key, cancellationToken).ConfigureAwait(false)
            ?? await FindAsync(configuration, key, cancellationToken).ConfigureAwait(false);
    }

    private static async ValueTask<string?> FindAsync(ISecretStore store, SecretKey key, CancellationToken cancellationToken)
    {
        if (await store.GetAsync(key, cancellationToken).ConfigureAwait(false) is not { } entry)
        {
            return null;
        }

        try
        {
            return StrictUtf8.GetString(entry.Value.Span);
        }
        catch (DecoderFallbackException)
        {
            // Without the inner exception: it quotes the bytes.
            throw new SecretDamagedException($"The secret '{key}' is not text in UTF-8. Store it again.");
        }
    }
}
