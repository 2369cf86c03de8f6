using System.Security.Claims;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Microsoft.Net.Http.Headers;

namespace TokenKit;

/// <summary>Compares the token of a request with the stored one.</summary>
internal sealed class StoredTokenHandler(
    IOptionsMonitor<StoredTokenOptions> options, ILoggerFactory loggers, UrlEncoder encoder, AcceptedTokens accepted)
    : AuthenticationHandler<StoredTokenOptions>(options, loggers, encoder)
{
    private static readonly AuthenticateResult Malformed = AuthenticateResult.Fail("The Authorization header is malformed.");
    private static readonly AuthenticateResult Unknown = AuthenticateResult.Fail("The token is not the stored one, or has expired.");
    private static readonly AuthenticateResult Unavailable = AuthenticateResult.Fail("The store cannot be read.");

    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        var credentials = BearerCredentials.Of(Request);
        if (credentials.Kind is not BearerCredentialsKind.Token)
        {
            return credentials.Kind is BearerCredentialsKind.None ? AuthenticateResult.NoResult() : Malformed;
        }

        return await accepted.JudgeAsync(Options, credentials.Token, Context.RequestAborted).ConfigureAwait(false) switch
        {
            TokenVerdict.Accepted => AuthenticateResult.Success(new AuthenticationTicket(Bearer(), Scheme.Name)),
            TokenVerdict.StoreUnavailable => Unavailable,
            _ => Unknown,
        };
    }

    // RFC 6750 section 3.1. Nothing that the client sent goes into the answer.
    protected override async Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        var result = await HandleAuthenticateOnceSafeAsync().ConfigureAwait(false);
        if (result == Unavailable)
        {
            // 401 would make a well-behaved client throw away a token that is good.
            Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
            return;
        }

        var error = result == Malformed ? "invalid_request" : result == Unknown ? "invalid_token" : null;
        Response.StatusCode = result == Malformed ? StatusCodes.Status400BadRequest : StatusCodes.Status401Unauthorized;
        Response.Headers.Append(HeaderNames.WWWAuthenticate, Challenge(error));
    }

    protected override Task HandleForbiddenAsync(AuthenticationProperties properties)
    {
        Response.StatusCode = StatusCodes.Status403Forbidden;
        Response.Headers.Append(HeaderNames.WWWAuthenticate, Challenge("insufficient_scope"));
        return Task.CompletedTask;
    }

    private string Challenge(string? error)
    {
        var realm = Options.Realm is { } name ? $" realm=\"{name}\"" : "";
        var code = error is null ? "" : $"{(realm.Length > 0 ? "," : "")} error=\"{error}\"";
        return $"Bearer{realm}{code}";
    }

    private ClaimsPrincipal Bearer()
    {
        var identity = new ClaimsIdentity(Scheme.Name);
        identity.AddClaim(new Claim(ClaimTypes.Name, Options.TokenName));
        identity.AddClaim(new Claim("client_id", Options.TokenName));
        identity.AddClaims(Options.Roles.Select(static role => new Claim(ClaimTypes.Role, role)));

        // A claim belongs to the identity it is added to, so each request gets its own.
        identity.AddClaims(Options.Claims.Select(static claim => claim.Clone()));
        return new ClaimsPrincipal(identity);
    }
}
