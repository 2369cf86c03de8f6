using System.Security.Cryptography;
using System.Text;

namespace TokenKit.Definitions.Compilation;

/// <summary>Tells whether two definitions, of two processes perhaps, write the same request. Pure.</summary>
internal static class WrittenRequest
{
    /// <summary>A hash of everything in a request that a person may correct after a refusal; values of secrets are not in it.</summary>
    public static string HashOf(RequestDraft draft, TokenRefreshOptions options)
    {
        var text = new StringBuilder();
        Add(text, draft.Section, draft.Method, draft.Authentication.ToString(), draft.BasicEncoding.ToString(), draft.Body.ToString());
        Add(text, draft.Json?.ToJsonString(), draft.Sign);
        foreach (var list in new[] { draft.Url, draft.Text, draft.Authority })
        {
            AddList(text, list);
        }

        foreach (var field in draft.Headers.Concat(draft.Query).Concat(draft.Fields))
        {
            Add(text, field.Name);
            AddList(text, field.Value);
        }

        var client = options.Client;
        Add(
            text, client.KeyFormat?.ToString(), client.Algorithm, client.KeyThumbprint.ToString(), client.AssertionHeader?.ToJsonString(),
            client.AssertionLifetime.ToString());
        foreach (var list in new[]
        {
            client.Id, client.Secret, client.Secrets, client.Key, client.KeyId, client.KeyPassword, client.AssertionAudience, client.Certificate,
        })
        {
            AddList(text, list);
        }

        foreach (var (name, jwt) in options.Jwt.OrderBy(static jwt => jwt.Key, StringComparer.Ordinal))
        {
            Add(text, name, jwt.Algorithm, jwt.KeyFormat?.ToString(), jwt.Lifetime.ToString(), jwt.Header?.ToJsonString(), jwt.Claims?.ToJsonString());
            AddList(text, jwt.Key);
        }

        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString())));
    }

    private static void AddList(StringBuilder text, TextList? list)
    {
        foreach (var item in list ?? [])
        {
            Add(text, item);
        }

        Add(text, "");
    }

    private static void Add(StringBuilder text, params ReadOnlySpan<string?> parts)
    {
        foreach (var part in parts)
        {
            text.Append(part).Append('\0');
        }
    }
}
