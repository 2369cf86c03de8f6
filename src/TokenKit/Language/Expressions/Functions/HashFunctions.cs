using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;

namespace TokenKit.Language.Expressions.Functions;

/// <summary>
/// Hashes and keyed hashes of a text. The last argument says how the bytes are written, because servers differ and a
/// default would be wrong for half of them.
/// </summary>
internal static class HashFunctions
{
    public static ExpressionFunction[] All { get; } =
    [
        Hash("md5", MD5.HashData),
        Hash("sha1", SHA1.HashData),
        Hash("sha256", SHA256.HashData),
        Hash("sha512", SHA512.HashData),
        KeyedHash("hmacsha1", HMACSHA1.HashData),
        KeyedHash("hmacsha256", HMACSHA256.HashData),
        KeyedHash("hmacsha512", HMACSHA512.HashData),
    ];

    private static ExpressionFunction Hash(string name, Func<byte[], byte[]> hash) =>
        new(name, $"{name}(text, …, 'hex' or 'base64')", 2, int.MaxValue, arguments =>
            ExpressionFunction.TryJoin(arguments[..^1], out var text, out var problem)
                ? Write(name, hash(Encoding.UTF8.GetBytes(text)), arguments[^1])
                : problem)
        {
            Check = CheckEncoding,
        };

    private static ExpressionFunction KeyedHash(string name, Func<byte[], byte[], byte[]> hash) =>
        new(name, $"{name}(key, text, …, 'hex' or 'base64')", 3, int.MaxValue, arguments =>
            !arguments[0].TryGetText(out var key, out var problem) || !ExpressionFunction.TryJoin(arguments[1..^1], out var text, out problem)
                ? problem

                // A secret that was left empty would make a signature that anybody could make.
                : key.Length == 0
                    ? Evaluation.Unusable(name, "was given an empty key")
                    : Write(name, hash(Encoding.UTF8.GetBytes(key), Encoding.UTF8.GetBytes(text)), arguments[^1]))
        {
            Check = CheckEncoding,
        };

    private static string? CheckEncoding(ImmutableArray<ExpressionNode> arguments) =>
        ExpressionFunction.LiteralText(arguments[^1]) is "hex" or "base64"
            ? null
            : "the last argument of a hash is 'hex' or 'base64'";

    private static Evaluation Write(string name, byte[] hash, Evaluation encoding) =>
        new(ExpressionValue.Of(encoding.Value is ExpressionValue.TextValue { Text: "hex" }
            ? Convert.ToHexStringLower(hash)
            : Convert.ToBase64String(hash)), name);
}
