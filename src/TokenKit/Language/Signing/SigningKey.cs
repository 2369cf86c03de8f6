using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace TokenKit.Language.Signing;

/// <summary>A key that signs, read from a definition's text. It prints nothing of itself.</summary>
/// <remarks>Safe for several threads; the platform's keys are not, so that one signature of a key is made at a time.</remarks>
internal sealed class SigningKey : IDisposable
{
    private readonly Lock _lock = new();
    private readonly byte[]? _octets;
    private readonly RSA? _rsa;
    private readonly ECDsa? _curve;

    private SigningKey(byte[]? octets, RSA? rsa, ECDsa? curve) => (_octets, _rsa, _curve) = (octets, rsa, curve);

    public static SigningKey Of(byte[] octets, string? keyId = null) => new(octets, null, null) { KeyId = keyId };

    public static SigningKey Of(RSA rsa, string? keyId = null, byte[]? certificate = null) =>
        new(null, rsa, null) { KeyId = keyId, Certificate = certificate };

    public static SigningKey Of(ECDsa curve, string? keyId = null, byte[]? certificate = null) =>
        new(null, null, curve) { KeyId = keyId, Certificate = certificate };

    /// <summary>The key's own id, where its text names one (RFC 7517 section 4.5).</summary>
    public string? KeyId { get; private init; }

    /// <summary>The certificate that came with the key, as DER; <see langword="null"/> where none of its own did.</summary>
    public byte[]? Certificate { get; init; }

    public SigningKeyKind Kind =>
        _rsa is not null ? SigningKeyKind.Rsa : _curve is not null ? SigningKeyKind.EllipticCurve : SigningKeyKind.Octets;

    public int CurveSize => _curve?.KeySize ?? 0;

    /// <summary>Why this key cannot sign by an algorithm, or <see langword="null"/>.</summary>
    public string? ProblemWith(SigningAlgorithm algorithm)
    {
        if (algorithm.Kind != Kind)
        {
            return $"is no key for {algorithm.Name}";
        }

        if (_octets is [])
        {
            // The platform signs with it, and whoever knows that could, too.
            return "is empty";
        }

        return algorithm.CurveSize == CurveSize ? null : $"is a key of another curve than {algorithm.Name} needs (RFC 7518 section 3.4)";
    }

    /// <summary>Signs. ES gives the two numbers one after the other (RFC 7518 section 3.4).</summary>
    /// <exception cref="CryptographicException">The key has no private part.</exception>
    public byte[] Sign(byte[] data, SigningAlgorithm algorithm)
    {
        if (_octets is not null)
        {
            return algorithm.Hash.Name switch
            {
                "SHA384" => HMACSHA384.HashData(_octets, data),
                "SHA512" => HMACSHA512.HashData(_octets, data),
                _ => HMACSHA256.HashData(_octets, data),
            };
        }

        lock (_lock)
        {
            return _rsa is not null
                ? _rsa.SignData(data, algorithm.Hash, algorithm.Padding!) // every RS and PS algorithm names one
                : _curve!.SignData(data, algorithm.Hash, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);
        }
    }

    /// <summary>The public key as SubjectPublicKeyInfo; <see langword="null"/> for octets, which have none.</summary>
    public byte[]? PublicKey() => _rsa?.ExportSubjectPublicKeyInfo() ?? _curve?.ExportSubjectPublicKeyInfo();

    /// <summary>The same key with its certificate, if one of some is its own. It takes the place of this one.</summary>
    public SigningKey With(IEnumerable<byte[]> certificates)
    {
        var own = PublicKey() is { } publicKey ? certificates.FirstOrDefault(certificate => IsOf(certificate, publicKey)) : null;
        return own is null ? this : new(_octets, _rsa, _curve) { KeyId = KeyId, Certificate = own };
    }

    /// <summary>A certificate together with this key, where the key fits.</summary>
    /// <exception cref="ArgumentException">It belongs to another certificate.</exception>
    public X509Certificate2? Attach(X509Certificate2 certificate) =>
        _rsa is not null ? certificate.CopyWithPrivateKey(_rsa) : _curve is not null ? certificate.CopyWithPrivateKey(_curve) : null;

    private static bool IsOf(byte[] certificate, byte[] publicKey)
    {
        try
        {
            using var read = X509CertificateLoader.LoadCertificate(certificate);
            return read.PublicKey.ExportSubjectPublicKeyInfo().AsSpan().SequenceEqual(publicKey);
        }
        catch (Exception refusal) when (SigningKeyReader.IsRefusal(refusal))
        {
            return false;
        }
    }

    public void Dispose()
    {
        _rsa?.Dispose();
        _curve?.Dispose();
    }

    public override string ToString() => $"{Kind} key";
}
