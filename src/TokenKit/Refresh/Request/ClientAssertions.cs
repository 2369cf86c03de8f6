using System.Text.Json.Nodes;
using TokenKit.Definitions;
using TokenKit.Language.Expressions;
using TokenKit.Language.Signing;
using TokenKit.Language.Templates;
using TokenKit.Values;

namespace TokenKit.Refresh.Request;

/// <summary>Makes the assertion by which a client proves who it is (RFC 7523 section 3, RFC 7521 section 5.2): a new one for each attempt.</summary>
internal static class ClientAssertions
{
    /// <summary>The values with the assertion in them, where the client authenticates by one.</summary>
    public static StepResult<EvaluationContext> Add(ExchangeDefinition exchange, EvaluationContext values, string endpoint)
    {
        if (exchange.Client.Assertion is not { } key)
        {
            return values;
        }

        if (string.IsNullOrEmpty(values.ClientId))
        {
            return ComposingFailure.Unresolved(exchange, values, "Client.Id", [new("client", "id")], "client.id");
        }

        var audience = exchange.Client.AssertionAudience.RenderFirst(values);
        if (audience.Unresolved is not null)
        {
            return ComposingFailure.Unresolved(
                exchange,
                values,
                "Client.AssertionAudience",
                exchange.Client.AssertionAudience.SelectMany(static template => template.References),
                audience.Unresolved);
        }

        var id = values.Randomness?.NextGuid() ?? values.Uuid;
        var claims = new JsonObject
        {
            ["iss"] = values.ClientId,
            ["sub"] = values.ClientId,
            ["aud"] = audience.Text ?? endpoint,
            ["jti"] = id.ToString("D"),
            ["iat"] = values.Now.ToUnixTimeSeconds(),
            ["exp"] = (values.Now + exchange.Client.AssertionLifetime).ToUnixTimeSeconds(),
        };
        if (JwtWriter.Tree(exchange.Client.AssertionHeader, values, out var missing) is not { } header)
        {
            return ComposingFailure.Unresolved(
                exchange, values, "Client.AssertionHeader", exchange.Client.AssertionHeader?.References ?? [], missing);
        }

        if (JwtWriter.Sign(key, header, claims, values, out var why) is not { } assertion)
        {
            return ComposingFailure.Unresolved(exchange, values, "Client.Key", key.References, why);
        }

        values.Jwts?.Keep(ClientAssertionNames.Member, assertion);
        return values with { ClientAssertion = assertion };
    }
}
