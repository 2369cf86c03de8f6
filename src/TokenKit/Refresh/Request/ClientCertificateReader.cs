using System.Security.Cryptography.X509Certificates;
using TokenKit.Language.Signing;

namespace TokenKit.Refresh.Request;

/// <summary>Reads a client certificate with its private key: PEM with both, or a PKCS#12 file in base64.</summary>
internal static class ClientCertificateReader
{
    /// <returns><see langword="null"/> where the text is neither, or holds no private key.</returns>
    public static X509Certificate2? Read(string text, string? password)
    {
        if (text.Length > SigningKeyReader.LongestText)
        {
            return null;
        }

        try
        {
            var certificate = PemBlock.Read(text) is { IsEmpty: false } blocks ? FromPem(blocks, text, password) : FromFile(text, password);
            if (certificate is null || certificate.HasPrivateKey)
            {
                return certificate;
            }

            certificate.Dispose();
            return null;
        }
        catch (Exception refusal) when (SigningKeyReader.IsRefusal(refusal))
        {
            // The platform's texts may quote what they could not read.
            return null;
        }
    }

    private static X509Certificate2? FromFile(string text, string? password) =>
        PemBlock.FromBase64(text) is { } file ? X509CertificateLoader.LoadPkcs12(file, password) : null;

    private static X509Certificate2? FromPem(IEnumerable<PemBlock> blocks, string text, string? password)
    {
        if (blocks.FirstOrDefault(static block => block.Label == "CERTIFICATE") is not { } block)
        {
            return null;
        }

        using var alone = X509CertificateLoader.LoadCertificate(block.Content);
        using var key = SigningKeyReader.ReadPem(text, password);
        using var both = key?.Attach(alone);

        // The TLS of one platform takes only a key that it has in a store; a detour by PKCS#12 puts it there.
        return both is null ? null : X509CertificateLoader.LoadPkcs12(both.Export(X509ContentType.Pkcs12), password: null);
    }
}
