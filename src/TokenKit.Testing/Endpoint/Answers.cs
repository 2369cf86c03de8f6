using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using TokenKit.Refresh.Map;

namespace TokenKit.Testing;

/// <summary>The answers and the failures a fake gives, as they look to a client.</summary>
internal static class Answers
{
    public static HttpResponseMessage For(TokenDecision decision, FakeTokenEndpointOptions options, TokenRequestMessage message)
    {
        switch (decision.Outcome)
        {
            case TokenRequestOutcome.Issued or TokenRequestOutcome.Rotated or TokenRequestOutcome.IssuedInGrace:
                return Tokens(decision, options);
            case TokenRequestOutcome.InvalidClient:
                var refusal = Error(HttpStatusCode.Unauthorized, "invalid_client", decision.Description);
                if (message.UsesBasic)
                {
                    refusal.Headers.WwwAuthenticate.Add(new AuthenticationHeaderValue("Basic", "realm=\"token\""));
                }

                return refusal;
            case TokenRequestOutcome.InvalidRequest when message.Method != HttpMethod.Post:
                return Error(HttpStatusCode.MethodNotAllowed, "invalid_request", decision.Description);
            case TokenRequestOutcome.InvalidRequest:
                return Error(HttpStatusCode.BadRequest, "invalid_request", decision.Description);
            case TokenRequestOutcome.InvalidScope:
                return Error(HttpStatusCode.BadRequest, "invalid_scope", decision.Description);
            case TokenRequestOutcome.UnsupportedGrantType:
                return Error(HttpStatusCode.BadRequest, "unsupported_grant_type", decision.Description);
            default:
                return Error(HttpStatusCode.BadRequest, "invalid_grant", decision.Description);
        }
    }

    public static HttpResponseMessage Error(HttpStatusCode status, string error, string? description) => Json(status, json =>
    {
        json.WriteString("error", error);
        if (description is not null)
        {
            json.WriteString("error_description", description);
        }
    });

    public static HttpResponseMessage Text(HttpStatusCode status, string body, string contentType, TimeSpan? retryAfter = null)
    {
        var response = new HttpResponseMessage(status)
        {
            Content = new StringContent(body, Encoding.UTF8, new MediaTypeHeaderValue(contentType)),
        };
        if (retryAfter is { } wait)
        {
            response.Headers.RetryAfter = new RetryConditionHeaderValue(wait);
        }

        return response;
    }

    /// <summary>The connection broke after the request was written: nobody knows how far it came.</summary>
    public static HttpRequestException ConnectionLost() => new(
        HttpRequestError.ResponseEnded, "The fake lost the connection before an answer was there.",
        new HttpIOException(HttpRequestError.ResponseEnded));

    /// <summary>No connection was made: the request certainly never left.</summary>
    public static HttpRequestException ConnectionRefused() => new(
        HttpRequestError.ConnectionError, "The fake refused the connection.",
        new SocketException((int)SocketError.ConnectionRefused));

    private static HttpResponseMessage Tokens(TokenDecision decision, FakeTokenEndpointOptions options)
    {
        var response = Json(HttpStatusCode.OK, json =>
        {
            json.WriteString("access_token", decision.AccessToken);
            json.WriteString("token_type", "Bearer");
            if (options.SendsExpiresIn)
            {
                json.WriteNumber("expires_in", (long)options.AccessTokenLifetime.TotalSeconds);
            }

            if (decision.RefreshToken is not null)
            {
                json.WriteString("refresh_token", decision.RefreshToken);
            }

            if (decision.Scope is not null)
            {
                json.WriteString("scope", decision.Scope);
            }

            foreach (var (name, value) in options.AnswerMembers)
            {
                json.WriteString(name, value);
            }
        });
        response.Headers.CacheControl = new CacheControlHeaderValue { NoStore = true };
        return response;
    }

    private static HttpResponseMessage Json(HttpStatusCode status, Action<Utf8JsonWriter> write)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            write(json);
            json.WriteEndObject();
        }

        return new HttpResponseMessage(status)
        {
            Content = new ByteArrayContent(buffer.ToArray()) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } },
        };
    }
}
