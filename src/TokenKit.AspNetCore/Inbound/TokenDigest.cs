using System.Security.Cryptography;
using System.Text;

namespace TokenKit;

/// <summary>The SHA-256 of a token: all that is kept of one to compare with, and all that is compared.</summary>
/// <remarks>Equal lengths, and a time that does not depend on where two differ.</remarks>
internal sealed class TokenDigest
{
    private readonly byte[] _bytes;

    private TokenDigest(byte[] bytes) => _bytes = bytes;

    public static TokenDigest Of(string token) => new(SHA256.HashData(Encoding.UTF8.GetBytes(token)));

    public bool IsThatOf(TokenDigest other) => CryptographicOperations.FixedTimeEquals(_bytes, other._bytes);

    public override string ToString() => "***";
}
