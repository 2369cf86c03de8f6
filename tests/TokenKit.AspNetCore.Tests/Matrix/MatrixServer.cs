using System.Collections.Immutable;
using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.WebUtilities;
using TokenKit.Testing;

namespace TokenKit.Tests;

/// <summary>
/// The token server of a cell: the endpoint that behaves, behind a front that knows the grants it does not, reads signatures
/// and answers in a format of its own where the cell has somebody who can read it.
/// </summary>
internal sealed class MatrixServer(MatrixCell cell, FakeTokenEndpoint endpoint, Uri address, FakeTokenEndpoint people)
{
    /// <summary>Who logs in and consents.</summary>
    public const string Person = "matrix-person";

    public HttpMessageHandler CreateHandler() => new Front(cell, endpoint, address, people);

    /// <summary>Asks as a program's own code does, without the definition.</summary>
    public async Task<TokenAnswer> AskAsync(TokenRequesterContext context, CancellationToken cancellationToken)
    {
        var form = new Dictionary<string, string>
        {
            ["client_id"] = FakeTokenEndpoint.DefaultClientId,
            ["client_secret"] = FakeTokenEndpoint.DefaultClientSecret,
        };
        if (context.Stored?.RefreshToken is { } refreshToken)
        {
            (form["grant_type"], form["refresh_token"]) = ("refresh_token", refreshToken.Reveal());
            if (cell.RefreshedScope is { } scope)
            {
                form["scope"] = scope;
            }
        }
        else if (cell.Grant is GrantAxis.Login)
        {
            (form["grant_type"], form["password"]) = ("password", MatrixSecrets.Password);
        }
        else
        {
            form["grant_type"] = "client_credentials";
        }

        using var client = new HttpClient(CreateHandler());
        using var content = new FormUrlEncodedContent(form);
        using var answer = await client.PostAsync(address, content, cancellationToken);
        var headers = ImmutableDictionary<string, IReadOnlyList<string>>.Empty.Add("Content-Type", [answer.Content.Headers.ContentType!.ToString()]);
        return new TokenAnswer((int)answer.StatusCode, headers, await answer.Content.ReadAsByteArrayAsync(cancellationToken));
    }

    private sealed class Front(MatrixCell cell, FakeTokenEndpoint endpoint, Uri address, FakeTokenEndpoint people) : DelegatingHandler(endpoint.CreateHandler())
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var form = QueryHelpers.ParseQuery(await request.Content!.ReadAsStringAsync(cancellationToken))
                .ToDictionary(static field => field.Key, static field => field.Value.ToString());
            if (request.RequestUri != address)
            {
                return Refused("Nothing is here.");
            }

            if (cell.Part is PartAxis.Signer && !request.Headers.Contains(MatrixParts.SignatureHeader))
            {
                return Refused("The signature is missing.");
            }

            switch (form.GetValueOrDefault("grant_type"))
            {
                case "password" when form["password"] == MatrixSecrets.Password:
                    form.Remove("password");
                    (form["grant_type"], form["code"]) = ("authorization_code", endpoint.IssueCode(scope: cell.GrantedScope, subject: Person));
                    break;
                case TokenGrants.JwtBearer when IsSigned(form["assertion"]):
                    form["grant_type"] = "client_credentials";
                    break;
                case TokenGrants.TokenExchange when people.StateOf(form["subject_token"]) is AccessTokenState.Active:
                    form["grant_type"] = "client_credentials";
                    break;
            }

            using var content = new FormUrlEncodedContent(form);
            using var translated = new HttpRequestMessage(request.Method, request.RequestUri) { Content = content };
            translated.Headers.Authorization = request.Headers.Authorization;
            var answer = await base.SendAsync(translated, cancellationToken);
            if (cell.Part is PartAxis.AnswerReader)
            {
                answer.Content = new StringContent(
                    MatrixParts.ToOdd(await answer.Content.ReadAsStringAsync(cancellationToken)), new MediaTypeHeaderValue(MatrixParts.OddMediaType));
            }

            return answer;
        }

        private static bool IsSigned(string assertion)
        {
            var end = assertion.LastIndexOf('.');
            var signature = HMACSHA256.HashData(Encoding.UTF8.GetBytes(MatrixSecrets.SigningKey), Encoding.ASCII.GetBytes(assertion[..end]));
            return assertion[(end + 1)..] == WebEncoders.Base64UrlEncode(signature);
        }

        private static HttpResponseMessage Refused(string why) => new(HttpStatusCode.BadRequest)
        {
            Content = new StringContent($$"""{"error":"invalid_request","error_description":"{{why}}"}""", new MediaTypeHeaderValue("application/json")),
        };
    }
}
