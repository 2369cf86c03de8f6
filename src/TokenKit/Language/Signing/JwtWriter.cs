using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using TokenKit.Language.Expressions;
using TokenKit.Language.Templates;

namespace TokenKit.Language.Signing;

/// <summary>Makes a signed JSON Web Token (RFC 7519, RFC 7515 section 7.1).</summary>
internal static class JwtWriter
{
    // RFC 7519 section 2: a NumericDate is a number, and configuration keeps no types.
    private static readonly string[] NumericDates = ["iat", "exp", "nbf", "auth_time"];

    /// <summary>Signs header and claims; what is wrong is said without any of their values.</summary>
    /// <param name="definition">What to make.</param>
    /// <param name="scope">The values.</param>
    /// <param name="now">The time of issue.</param>
    /// <param name="id">A fresh <c>jti</c>.</param>
    /// <param name="why">What is missing or wrong.</param>
    public static string? Write(JwtDefinition definition, IEvaluationScope scope, DateTimeOffset now, Guid id, out string why)
    {
        if (Tree(definition.Header, scope, out why) is not { } header || Tree(definition.Claims, scope, out why) is not { } claims)
        {
            return null;
        }

        AddUnlessGiven(claims, "iat", now.ToUnixTimeSeconds());
        AddUnlessGiven(claims, "exp", (now + definition.Lifetime).ToUnixTimeSeconds());
        AddUnlessGiven(claims, "jti", id.ToString("D"));
        foreach (var name in NumericDates)
        {
            if (claims[name] is JsonValue value && value.TryGetValue<string>(out var text)
                && long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds))
            {
                claims[name] = seconds;
            }
        }

        return Sign(definition.Key, header, claims, scope, out why);
    }

    /// <summary>Signs ready claims.</summary>
    public static string? Sign(KeyDefinition definition, JsonObject header, JsonObject claims, IEvaluationScope scope, out string why)
    {
        if (definition.Read(scope, out why) is not { } key)
        {
            return null;
        }

        var algorithm = definition.Algorithm ?? SigningAlgorithm.For(key);
        header["alg"] = algorithm.Name;
        AddUnlessGiven(header, "typ", "JWT");
        if ((definition.KeyId.RenderFirst(scope).Text ?? key.KeyId) is { Length: > 0 } keyId)
        {
            AddUnlessGiven(header, "kid", keyId);
        }

        AddThumbprint(header, definition.Thumbprint, key.Certificate);
        var content = $"{Encode(header)}.{Encode(claims)}";
        try
        {
            return $"{content}.{Base64Url.EncodeToString(key.Sign(Encoding.ASCII.GetBytes(content), algorithm))}";
        }
        catch (Exception refusal) when (SigningKeyReader.IsRefusal(refusal))
        {
            why = $"its key cannot sign by {algorithm.Name}: it has no private part, is too small, or is of a kind that this platform cannot sign with";
            return null;
        }
    }

    /// <summary>Puts the values into a tree, or says in words what is missing.</summary>
    public static JsonObject? Tree(JsonTemplate? template, IEvaluationScope scope, out string why)
    {
        why = "";
        if (template is null)
        {
            return [];
        }

        var rendered = template.Render(scope);
        if (rendered.IsText)
        {
            return JsonNode.Parse(rendered.Text) as JsonObject ?? [];
        }

        why = rendered.Unresolved ?? "a value of it is left out";
        return null;
    }

    [SuppressMessage("Security", "CA5350", Justification = "x5t is SHA-1 by definition (RFC 7515 section 4.1.7): it finds a certificate and proves nothing.")]
    private static void AddThumbprint(JsonObject header, CertificateThumbprint thumbprint, byte[]? certificate)
    {
        if (certificate is null || thumbprint is CertificateThumbprint.None)
        {
            return;
        }

        var (name, hash) = thumbprint is CertificateThumbprint.Sha1
            ? ("x5t", SHA1.HashData(certificate))
            : ("x5t#S256", SHA256.HashData(certificate));
        AddUnlessGiven(header, name, Base64Url.EncodeToString(hash));
    }

    // An empty text says that the server wants none.
    private static void AddUnlessGiven(JsonObject tree, string name, JsonNode value)
    {
        if (!tree.TryGetPropertyValue(name, out var given))
        {
            tree[name] = value;
        }
        else if (given is JsonValue text && text.TryGetValue<string>(out var content) && content.Length == 0)
        {
            tree.Remove(name);
        }
    }

    private static string Encode(JsonObject tree)
    {
        using var bytes = new MemoryStream();
        using (var writer = new Utf8JsonWriter(bytes, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            tree.WriteTo(writer);
        }

        return Base64Url.EncodeToString(bytes.GetBuffer().AsSpan(0, (int)bytes.Length));
    }
}
