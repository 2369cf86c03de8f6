using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Unicode;
using TokenKit.Language.Formats;
using TokenKit.Language.Signing;
using TokenKit.Work;

namespace TokenKit.Language.Expressions.Functions;

/// <summary>Functions about tokens and keys.</summary>
internal static class CredentialFunctions
{
    private const int LongestRandom = 256;
    private const string Alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

    public static ExpressionFunction[] All { get; } =
    [
        new("random", "random(32)", 1, 1, static _ => default)
        {
            Check = static arguments => arguments[0] is LiteralNode { Value: ExpressionValue.NumberValue { Raw: var raw } }
                && int.TryParse(raw, NumberStyles.None, CultureInfo.InvariantCulture, out var count) && count is > 0 and <= LongestRandom
                    ? null
                    : $"random is given how many characters, from 1 to {LongestRandom}, as in random(32)",
            Root = "random",
            ScopedBody = static (scope, arguments) => new(
                scope.Resolve("random", ((ExpressionValue.NumberValue)arguments[0].Value).Raw), "random"), // a number by Check
        },
        new("claim", "claim(jwt, 'exp')", 2, 2, Claim),
        ExpressionFunction.OfText("fingerprint", Fingerprint),
    ];

    /// <summary>Letters and digits, drawn evenly.</summary>
    public static string RandomText(Randomness randomness, string length) =>
        string.Create(int.Parse(length, CultureInfo.InvariantCulture), randomness, static (characters, source) =>
        {
            for (var i = 0; i < characters.Length; i++)
            {
                characters[i] = Alphabet[(int)(source.NextDouble() * Alphabet.Length)];
            }
        });

    // Nothing is verified: the token came over the same connection as everything else in the answer.
    private static Evaluation Claim(ReadOnlySpan<Evaluation> arguments)
    {
        const string Name = "claim";
        if (!arguments[0].TryGetText(out var token, out var problem) || !arguments[1].TryGetText(out var claim, out problem))
        {
            return problem;
        }

        var parts = token.Split('.', 4);
        if (parts.Length != 3 || !Base64Url.IsValid(parts[1]))
        {
            return Evaluation.Unusable(Name, "was given a text that is not a JWT");
        }

        var payload = Base64Url.DecodeFromChars(parts[1]);
        return Utf8.IsValid(payload) && AnswerJson.TryRead(payload, out var claims, out _)
            ? new(claims.Member(claim), Name)
            : Evaluation.Unusable(Name, "was given a text that is not a JWT");
    }

    private static Evaluation Fingerprint(string pem)
    {
        const string Name = "fingerprint";
        try
        {
            using var key = SigningKeyReader.ReadPem(pem, password: null);
            return key?.PublicKey() is { } publicKey
                ? new(ExpressionValue.Of("SHA256:" + Convert.ToBase64String(SHA256.HashData(publicKey))), Name)
                : Evaluation.Unusable(Name, "was given a text that is not a key in PEM");
        }
        catch (Exception refusal) when (SigningKeyReader.IsRefusal(refusal))
        {
            return Evaluation.Unusable(Name, "was given a text that is not a key in PEM");
        }
    }
}
