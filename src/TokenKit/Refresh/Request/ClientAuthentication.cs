using System.Net.Http.Headers;
using System.Text;
using TokenKit.Definitions;
using TokenKit.Language.Expressions;
using TokenKit.Language.Signing;

namespace TokenKit.Refresh.Request;

/// <summary>Adds who the client is to a request: at most one method for each request (RFC 6749 section 2.3).</summary>
internal static class ClientAuthentication
{
    /// <summary>Adds fields to the form, or returns the <c>Authorization</c> value; <see langword="null"/> where neither is needed.</summary>
    public static (AuthenticationHeaderValue? Authorization, RefreshFailure? Failure) Apply(
        ExchangeDefinition exchange, EvaluationContext values, List<KeyValuePair<string, string>> form)
    {
        var method = exchange.Authentication;
        if (method is ClientAuthenticationMethod.Off)
        {
            return (null, null);
        }

        if (string.IsNullOrEmpty(values.ClientId))
        {
            return (null, Missing(exchange, values, "Client.Id", "id"));
        }

        if (method is ClientAuthenticationMethod.ClientSecretBasic or ClientAuthenticationMethod.ClientSecretPost && values.ClientSecret is null)
        {
            return (null, Missing(exchange, values, "Client.Secret", "secret"));
        }

        if (!WellFormedText.Is(values.ClientId) || !WellFormedText.Is(values.ClientSecret ?? ""))
        {
            return (null, ComposingFailure.Because(exchange, $"the client id or secret {WellFormedText.Problem}"));
        }

        switch (method)
        {
            case ClientAuthenticationMethod.ClientSecretBasic:
                return Basic(exchange, values.ClientId, values.ClientSecret!);
            case ClientAuthenticationMethod.ClientSecretPost:
                AddUnlessSpeltOut(exchange, form, "client_id", values.ClientId);
                AddUnlessSpeltOut(exchange, form, "client_secret", values.ClientSecret!);
                return (null, null);
            case ClientAuthenticationMethod.ClientSecretJwt or ClientAuthenticationMethod.PrivateKeyJwt:
                AddUnlessSpeltOut(exchange, form, "client_id", values.ClientId);
                AddUnlessSpeltOut(exchange, form, "client_assertion_type", ClientAssertionNames.Type);
                AddUnlessSpeltOut(exchange, form, "client_assertion", values.ClientAssertion ?? "");
                return (null, null);
            default:
                AddUnlessSpeltOut(exchange, form, "client_id", values.ClientId);
                return (null, null);
        }
    }

    private static (AuthenticationHeaderValue? Authorization, RefreshFailure? Failure) Basic(ExchangeDefinition exchange, string id, string secret)
    {
        if (exchange.BasicEncoding is BasicEncoding.Form)
        {
            (id, secret) = (FormEncoding.Encode(id), FormEncoding.Encode(secret));
        }
        else if (id.Contains(':', StringComparison.Ordinal))
        {
            // The server would split at the first colon (RFC 7617 section 2) and see another id and another secret.
            return (null, ComposingFailure.Because(exchange, "the client id holds a colon, which raw Basic encoding cannot carry"));
        }

        return (new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{id}:{secret}"))), null);
    }

    // A parameter must not stand twice, nor without a value (RFC 6749 section 3.2); what the definition spells out wins.
    private static void AddUnlessSpeltOut(ExchangeDefinition exchange, List<KeyValuePair<string, string>> form, string name, string value)
    {
        if (value.Length > 0 && !form.Exists(field => field.Key == name) && !exchange.RemovedFields.Contains(name))
        {
            form.Add(new(name, value));
        }
    }

    private static RefreshFailure Missing(ExchangeDefinition exchange, EvaluationContext values, string place, string member) =>
        ComposingFailure.Unresolved(exchange, values, place, [new("client", member)], $"client.{member}");
}
