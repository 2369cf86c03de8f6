using System.Text.Json.Nodes;
using TokenKit.Testing;

namespace TokenKit.Tests;

/// <summary>The definition of a cell, as its owner writes it.</summary>
internal static class MatrixDefinition
{
    public const string OtherToken = "people";

    /// <param name="token">The options.</param>
    /// <param name="cell">The cell.</param>
    /// <param name="server">The address of the token endpoint.</param>
    /// <param name="seed">The configured refresh token, if there is one.</param>
    /// <param name="isOther">Whether it asks for the other scope.</param>
    public static void Write(TokenRefreshOptions token, MatrixCell cell, Uri server, string? seed, bool isOther)
    {
        // Parameters that code resolves are known to flights alone: whoever moves to another server writes that down.
        var readsHost = cell.Parameters is ParameterAxis.ParamResolver && server == MatrixWorld.FirstAddress;
        var url = readsHost ? $"https://${{param.host}}{server.AbsolutePath}" : server.AbsoluteUri;
        token.Secret.AccessTokens = cell.SaysMany ? StoredAccessTokens.Many : StoredAccessTokens.One;
        token.Client.Id = cell.Parameters is ParameterAxis.ParamResolver ? "${param.client}" : FakeTokenEndpoint.DefaultClientId;
        var authentication = ClientAuthenticationMethods.ClientSecretBasic;
        if (cell.Part is PartAxis.Certificate)
        {
            authentication = ClientAuthenticationMethods.TlsClientAuth;
            token.Client.Certificate = "${secret.matrix-certificate}";
        }
        else
        {
            token.Client.Secret = "${secret.matrix-client}";
        }

        WriteGrant(token, cell, url, authentication);
        if (isOther && cell.OtherScope is { } other)
        {
            foreach (var request in RequestsOf(token, cell))
            {
                request.Form.Add("scope", other);
            }
        }
        else if (!isOther && cell.RefreshedScope is { } scope)
        {
            token.RefreshRequest.Form.Add("scope", scope);
        }

        foreach (var request in RequestsOf(token, cell))
        {
            request.Sign = cell.Part is PartAxis.Signer ? MatrixParts.SignerName : null;
            request.AllowedOrigins = cell.Parameters is ParameterAxis.ParamResolver ? server.GetLeftPart(UriPartial.Authority) : null;
        }

        if (cell.IsSeeded && cell.Entry is not EntryAxis.Consent && cell.Subject is SubjectAxis.NoSubject)
        {
            token.Seed.RefreshToken = seed;
        }

        WritePlacement(token.Placement, cell);
    }

    private static void WriteGrant(TokenRefreshOptions token, MatrixCell cell, string url, string authentication)
    {
        if (cell.Grant is GrantAxis.Login)
        {
            token.Request.Url = token.RefreshRequest.Url = url;
            token.Request.Authentication = token.RefreshRequest.Authentication = authentication;
            token.Request.Form.Add("grant_type", "password");
            token.Request.Form.Add("password", "${secret.matrix-password}");
            token.RefreshRequest.Form.Add("grant_type", "refresh_token");
            token.RefreshRequest.Form.Add("refresh_token", "${token.refresh}");
            return;
        }

        token.TokenEndpoint = url;
        token.Authentication = authentication;
        switch (cell.Grant)
        {
            case GrantAxis.ClientCredentials:
                token.Grant = TokenGrants.ClientCredentials;
                break;
            case GrantAxis.JwtBearer:
                token.Grant = TokenGrants.JwtBearer;
                token.Assertion = "${jwt.grant}";
                token.Jwt["grant"] = new TokenJwtOptions
                {
                    Algorithm = "HS256", Key = "${secret.matrix-signing-key}", KeyFormat = SigningKeyFormat.Utf8, Claims = new JsonObject { ["iss"] = "matrix" },
                };
                break;
            case GrantAxis.TokenExchange:
                token.Grant = TokenGrants.TokenExchange;
                token.SubjectToken = $"${{tokens.{OtherToken}.access}}";
                break;
            default:
                token.Grant = TokenGrants.RefreshToken;
                break;
        }
    }

    private static IEnumerable<TokenRequestOptions> RequestsOf(TokenRefreshOptions token, MatrixCell cell) => cell.Grant switch
    {
        GrantAxis.Login => [token.Request, token.RefreshRequest],
        GrantAxis.Rotating or GrantAxis.Static => [token.RefreshRequest],
        _ => [token.Request],
    };

    private static void WritePlacement(TokenPlacementOptions placement, MatrixCell cell)
    {
        placement.Sign = cell.Part is PartAxis.Signer ? MatrixParts.SignerName : null;
        switch (cell.Placement)
        {
            case PlacementAxis.WithAssertion:
                placement.Headers.Add("X-Assertion", $"${{assertion.{MatrixParts.AssertionName}}}");
                break;
            case PlacementAxis.WithSecret:
                placement.Headers.Add("X-Api-Key", "${secret.matrix-api-key}");
                break;
            case PlacementAxis.Query:
                placement.Header = "";
                placement.Query.Add("access_token", "${token.access}");
                break;
            case PlacementAxis.Cookie:
                placement.Header = "Cookie";
                placement.Value = "session=${token.access}";
                break;
        }
    }
}
