using System.Text.Json.Nodes;

namespace TokenKit;

/// <summary>A JSON Web Token that the definition makes and signs itself: <c>${jwt.NAME}</c>.</summary>
/// <remarks>
/// A fresh <c>jti</c>, <c>iat</c> and <c>exp</c> are added unless <see cref="Claims"/> has them; an empty text there leaves
/// one out. Each attempt of a request and each API call signs anew.
/// </remarks>
public sealed class TokenJwtOptions
{
    /// <summary>The signature: one of <c>HS256 HS384 HS512 RS256 RS384 RS512 PS256 PS384 PS512 ES256 ES384 ES512</c>.</summary>
    /// <value>By the kind of key by default: <c>HS256</c>, <c>RS256</c>, or ES by the curve.</value>
    public string? Algorithm { get; set; }

    /// <summary>The key that signs: a template, such as <c>${secret.signing-key}</c>.</summary>
    /// <value><see cref="TokenClientOptions.Key"/> by default.</value>
    public TextList? Key { get; set; }

    /// <summary>How <see cref="Key"/> is written.</summary>
    /// <value>Told by the text and the algorithm by default.</value>
    public SigningKeyFormat? KeyFormat { get; set; }

    /// <summary>Further header parameters: an object whose strings are templates. <c>alg</c>, <c>typ</c> and, where known, <c>kid</c> are added.</summary>
    public JsonNode? Header { get; set; }

    /// <summary>The claims: an object whose strings are templates; optional ones that have no value are left out.</summary>
    public JsonNode? Claims { get; set; }

    /// <summary>From <c>iat</c> to <c>exp</c>.</summary>
    /// <value>From 1 second to 366 days; 5 minutes by default.</value>
    public TimeSpan Lifetime { get; set; } = TimeSpan.FromMinutes(5);
}
