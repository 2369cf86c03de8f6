namespace TokenKit.Language.Formats;

/// <summary>Tells by the name of a field, header or member whether its value is a credential.</summary>
internal static class CredentialNames
{
    private static readonly string[] Words =
    [
        "secret", "password", "passwd", "passphrase", "pwd", "token", "assertion", "apikey", "accesskey", "privatekey", "credential",
        "signature", "authorization", "cookie", "verifier", "ticket", "session",
    ];

    private static readonly string[] Exact =
    [
        "code", "authcode", "authorizationcode", "devicecode", "usercode", "pass", "pin", "otp", "jwt", "key", "sig", "hmac",

        // RFC 7518 section 6: the private members of a JSON Web Key.
        "d", "p", "q", "dp", "dq", "qi", "k",
    ];

    // token_type, token_type_hint, token_endpoint, expires_in of a refresh token: what is said about a credential is none.
    private static readonly string[] Endings = ["type", "hint", "use", "method", "uri", "url", "endpoint", "in", "at", "lifetime", "audience", "scope"];

    public static bool Contains(string name)
    {
        var plain = string.Concat(name.Where(char.IsAsciiLetterOrDigit)).ToLowerInvariant();
        return Exact.Contains(plain, StringComparer.Ordinal)
            || (Array.Exists(Words, word => plain.Contains(word, StringComparison.Ordinal))
                && !Array.Exists(Endings, ending => plain.EndsWith(ending, StringComparison.Ordinal)));
    }
}
