using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.DataProtection;

namespace TokenKit;

/// <summary>What must be remembered between the way to the server and back. It travels sealed in the browser's cookie.</summary>
internal sealed class ConsentTicket
{
    public required string Name { get; init; }

    public required string Subject { get; init; }

    /// <summary>Ties the answer to the request (RFC 6749 section 10.12).</summary>
    public required string State { get; init; }

    /// <summary>Of PKCE (RFC 7636 section 4.1): whoever steals the code cannot redeem it.</summary>
    public required string Verifier { get; init; }

    public required string RedirectUri { get; init; }

    /// <summary>Who began: the answer must not arrive in somebody else's session.</summary>
    public required string Person { get; init; }

    /// <summary>By the program's clock, which the framework's own time limit does not read.</summary>
    public required DateTimeOffset Until { get; init; }

    [JsonIgnore]
    public string Challenge => Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(Verifier)));

    /// <summary>32 random bytes, more than RFC 6749 section 10.10 asks for.</summary>
    public static string RandomText() => Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));

    /// <summary>One cookie for each attempt, so that two tabs do not disturb each other.</summary>
    public static string CookieOf(string state) =>
        "tokenkit-consent-" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(state)).AsSpan(0, 8));

    public string Seal(IDataProtector protector) => protector.Protect(JsonSerializer.Serialize(this, ConsentJsonContext.Default.ConsentTicket));

    /// <returns><see langword="null"/> when it was changed.</returns>
    public static ConsentTicket? Open(IDataProtector protector, string text)
    {
        try
        {
            return JsonSerializer.Deserialize(protector.Unprotect(text), ConsentJsonContext.Default.ConsentTicket);
        }
        catch (CryptographicException)
        {
            return null;
        }
    }

    public bool Answers(string state) =>
        CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(State), Encoding.UTF8.GetBytes(state));
}

[JsonSerializable(typeof(ConsentTicket))]
internal sealed partial class ConsentJsonContext : JsonSerializerContext;
