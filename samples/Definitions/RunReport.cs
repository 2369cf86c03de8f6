using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using TokenKit;

namespace Definitions;

/// <summary>How a refresh went, as JSON, with every secret as its SHA-256.</summary>
internal static class RunReport
{
    // Printed for a terminal and for parsers of JSON, not into HTML.
    public static readonly JsonSerializerOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static string TextOf(RefreshResult result) => Of(result).ToJsonString(Readable);

    public static JsonObject Of(RefreshResult result) => new()
    {
        ["outcome"] = result.Outcome.ToString(),
        ["reason"] = result.Failure?.Reason.ToString(),
        ["message"] = result.Failure?.Message,
        ["status"] = result.Failure?.StatusCode,
        ["error"] = result.Failure?.ErrorCode,
        ["access_token_sha256"] = result.Token is { } token ? Hash(token.Reveal()) : null,
        ["refresh_token_sha256"] = result.TokenSet?.RefreshToken is { } refreshToken ? Hash(refreshToken.Reveal()) : null,
        ["token_type"] = result.Token?.Type,
        ["scope"] = result.Token?.Scope,
        ["expires_at"] = Instant(result.Token?.ExpiresAt),
        ["refresh_at"] = Instant(result.Token?.RefreshAt),
        ["values"] = Values(result.TokenSet),
    };

    private static JsonObject Values(TokenSet? set)
    {
        var values = new JsonObject();
        foreach (var (name, value) in set?.Values.OrderBy(static value => value.Key, StringComparer.Ordinal) ?? Enumerable.Empty<KeyValuePair<string, TokenValue>>())
        {
            values[name] = value.IsSecret ? $"sha256:{Hash(value.Text)}" : value.Text;
        }

        return values;
    }

    public static string? Instant(DateTimeOffset? instant) => instant is null || instant == DateTimeOffset.MaxValue
        ? null
        : instant.Value.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);

    private static string Hash(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
}
