using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace TokenKit.Language.Signing;

/// <summary>Reads keys as people have them: PEM, JWK, PKCS#12, hexadecimal digits or plain text.</summary>
internal static class SigningKeyReader
{
    /// <summary>
    /// Characters of a key's text, twenty times those of an RSA key of 16,384 bits: room for a whole chain of certificates. What
    /// is read may come from an answer, and the platform tries each block several times.
    /// </summary>
    public const int LongestText = 262_144;

    /// <summary>Reads a key; what is wrong is said without anything of it.</summary>
    /// <param name="text">The text.</param>
    /// <param name="format">How it is written; guessed where <see langword="null"/>.</param>
    /// <param name="password">Opens an encrypted PEM or a PKCS#12 file.</param>
    /// <param name="algorithm">Decides the guess: a text for HS is a secret as it is.</param>
    /// <param name="why">What is wrong.</param>
    public static SigningKey? Read(string text, SigningKeyFormat? format, string? password, SigningAlgorithm? algorithm, out string why)
    {
        format ??= Guess(text, algorithm);
        if (text.Length > LongestText && format is not SigningKeyFormat.Utf8)
        {
            why = $"is longer than {LongestText} characters, and no key is";
            return null;
        }

        try
        {
            var key = format switch
            {
                SigningKeyFormat.Jwk => JsonWebKeyReader.Read(text),
                SigningKeyFormat.Pfx => ReadPfx(text, password),
                SigningKeyFormat.Hex => SigningKey.Of(Convert.FromHexString(text.Trim())),
                SigningKeyFormat.Utf8 => SigningKey.Of(Encoding.UTF8.GetBytes(text)),
                _ => ReadPem(text, password),
            };
            why = key is null ? NoKey(password) : "";
            return key;
        }
        catch (Exception refusal) when (IsRefusal(refusal))
        {
            // The platform's texts may quote what they could not read.
            why = NoKey(password);
            return null;
        }
    }

    /// <summary>
    /// Whether an exception is the platform's way to say that it can do nothing with what it was given: a
    /// <see cref="PlatformNotSupportedException"/> for a curve or a cipher that only other platforms have, for one.
    /// </summary>
    public static bool IsRefusal(Exception exception) =>
        exception is CryptographicException or FormatException or ArgumentException or NotSupportedException;

    /// <summary>Reads a key from PEM, or from the base64 of its DER without any armour.</summary>
    /// <returns><see langword="null"/> where there is none that this platform can use, and for a text longer than any key.</returns>
    public static SigningKey? ReadPem(string text, string? password)
    {
        if (text.Length > LongestText)
        {
            return null;
        }

        var blocks = PemBlock.Read(text);
        foreach (var block in blocks)
        {
            var key = block.Label switch
            {
                "PRIVATE KEY" => FromPkcs8(block.Content),
                "ENCRYPTED PRIVATE KEY" => FromEncryptedPkcs8(block.Content, password ?? ""),
                "RSA PRIVATE KEY" => FromPkcs1(block.Content),
                "EC PRIVATE KEY" => FromSec1(block.Content),
                _ => null,
            };
            if (key is not null)
            {
                return key.With(blocks.Where(static other => other.Label == "CERTIFICATE").Select(static other => other.Content));
            }
        }

        foreach (var block in blocks)
        {
            var key = block.Label switch
            {
                "PUBLIC KEY" => FromPublicKey(block.Content),
                "CERTIFICATE" => FromCertificate(block.Content),
                _ => null,
            };
            if (key is not null)
            {
                return key;
            }
        }

        return blocks.IsEmpty && PemBlock.FromBase64(text) is { } der ? FromPkcs8(der) ?? FromPkcs1(der) ?? FromSec1(der) : null;
    }

    private static string NoKey(string? password) =>
        $"is no key that can be read in its KeyFormat{(password is null ? "" : ", or its password is wrong")}";

    private static SigningKeyFormat Guess(string text, SigningAlgorithm? algorithm)
    {
        var start = text.AsSpan().TrimStart();
        return start is ['{', ..] ? SigningKeyFormat.Jwk
            : algorithm is { Kind: SigningKeyKind.Octets } ? SigningKeyFormat.Utf8
            : SigningKeyFormat.Pem;
    }

    private static SigningKey? ReadPfx(string text, string? password)
    {
        if (PemBlock.FromBase64(text) is not { } file)
        {
            return null;
        }

        using var certificate = X509CertificateLoader.LoadPkcs12(file, password, X509KeyStorageFlags.EphemeralKeySet);
        return certificate.GetRSAPrivateKey() is { } rsa ? SigningKey.Of(rsa, certificate: certificate.RawData)
            : certificate.GetECDsaPrivateKey() is { } curve ? SigningKey.Of(curve, certificate: certificate.RawData)
            : null;
    }

    private static SigningKey? FromPkcs8(byte[] der) =>
        TryRsa(rsa => rsa.ImportPkcs8PrivateKey(der, out _)) ?? TryCurve(curve => curve.ImportPkcs8PrivateKey(der, out _));

    private static SigningKey? FromEncryptedPkcs8(byte[] der, string password) =>
        TryRsa(rsa => rsa.ImportEncryptedPkcs8PrivateKey(password, der, out _))
        ?? TryCurve(curve => curve.ImportEncryptedPkcs8PrivateKey(password, der, out _));

    private static SigningKey? FromPkcs1(byte[] der) => TryRsa(rsa => rsa.ImportRSAPrivateKey(der, out _));

    private static SigningKey? FromSec1(byte[] der) => TryCurve(curve => curve.ImportECPrivateKey(der, out _));

    private static SigningKey? FromPublicKey(byte[] der) =>
        TryRsa(rsa => rsa.ImportSubjectPublicKeyInfo(der, out _)) ?? TryCurve(curve => curve.ImportSubjectPublicKeyInfo(der, out _));

    private static SigningKey? FromCertificate(byte[] der)
    {
        byte[]? publicKey = null;
        return TryImport(() =>
        {
            using var certificate = X509CertificateLoader.LoadCertificate(der);
            publicKey = certificate.PublicKey.ExportSubjectPublicKeyInfo();
        }) ? FromPublicKey(publicKey!) : null; // set by what succeeded
    }

    private static SigningKey? TryRsa(Action<RSA> import)
    {
        var rsa = RSA.Create();
        if (TryImport(() => import(rsa)))
        {
            return SigningKey.Of(rsa);
        }

        rsa.Dispose();
        return null;
    }

    private static SigningKey? TryCurve(Action<ECDsa> import)
    {
        var curve = ECDsa.Create();
        if (TryImport(() => import(curve)))
        {
            return SigningKey.Of(curve);
        }

        curve.Dispose();
        return null;
    }

    // The platform tells one kind of key from another only by failing. What it fails on does not hide what stands behind it.
    private static bool TryImport(Action import)
    {
        try
        {
            import();
            return true;
        }
        catch (Exception refusal) when (IsRefusal(refusal))
        {
            return false;
        }
    }
}
