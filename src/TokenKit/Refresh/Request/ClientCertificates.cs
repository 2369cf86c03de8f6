using System.Security.Cryptography.X509Certificates;
using TokenKit.Definitions;
using TokenKit.Language.Expressions;
using TokenKit.Language.Templates;
using TokenKit.Storage;

namespace TokenKit.Refresh.Request;

/// <summary>The client certificate of one registration, as TLS is to present it now.</summary>
/// <remarks>
/// One for all subjects: connections are shared, and one that was opened with a subject's certificate would carry another's
/// request. So its secrets are looked up without a subject. Safe for several threads.
/// </remarks>
internal sealed class ClientCertificates
{
    private volatile Held? _held;

    /// <summary>What to present; <see langword="null"/> before the first refresh and where the definition names none.</summary>
    public X509Certificate2? Current => _held?.Certificate;

    /// <summary>Reads the certificate that a definition names, where it changed.</summary>
    /// <returns>Why there is none, or <see langword="null"/>.</returns>
    public async ValueTask<RefreshFailure?> UpdateAsync(
        TokenDefinition definition, ReferencedSecrets secrets, CancellationToken cancellationToken)
    {
        if (ClientOf(definition) is not { Certificate.IsEmpty: false } client)
        {
            return null;
        }

        var references = client.Certificate.Concat(client.CertificatePassword).SelectMany(static template => template.References);
        var resolved = await secrets.ResolveAsync(references.NamesOf("secret"), subject: "", cancellationToken).ConfigureAwait(false);
        if (!resolved.Succeeded)
        {
            return resolved.Failure;
        }

        var values = new EvaluationContext { Params = definition.Params }.With(resolved.Value);
        var text = client.Certificate.RenderFirst(values);
        if (!text.IsText)
        {
            return Unavailable(text.Unresolved ?? "it is left out");
        }

        if (_held?.Text.Equals(new SecretText(text.Text)) is true)
        {
            return null;
        }

        if (ClientCertificateReader.Read(text.Text, client.CertificatePassword.RenderFirst(values).Text) is not { } certificate)
        {
            return Unavailable("it is neither PEM with certificate and key nor a PKCS#12 file in base64, or its password is wrong");
        }

        // The one before is left to the collector: connections that are being opened may still read it.
        _held = new Held(new SecretText(text.Text), certificate);
        return null;
    }

    /// <summary>Whether a definition names one.</summary>
    public static bool IsNamedBy(TokenDefinition definition) => ClientOf(definition) is { Certificate.IsEmpty: false };

    private static ClientDefinition? ClientOf(TokenDefinition definition) => (definition.Request ?? definition.RefreshRequest)?.Client;

    private static RefreshFailure Unavailable(string why) =>
        new(RefreshFailureReason.SecretUnavailable, $"Client.Certificate cannot be used: {why}. Nothing was sent.");

    private sealed record Held(SecretText Text, X509Certificate2 Certificate)
    {
        public override string ToString() => "client certificate";
    }
}
