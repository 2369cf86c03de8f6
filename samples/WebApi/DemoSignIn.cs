using System.Security.Claims;
using System.Text;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;

namespace WebApi;

/// <summary>Signs in by Basic authentication, which curl and every browser know. A program would use what it has.</summary>
internal sealed class DemoSignIn(IOptionsMonitor<DemoSignInOptions> options, ILoggerFactory loggers, UrlEncoder encoder, DemoUsers users)
    : AuthenticationHandler<DemoSignInOptions>(options, loggers, encoder)
{
    public new const string Scheme = "Basic";

    protected override Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        var header = Request.Headers.Authorization.ToString();
        var decoded = new byte[header.Length];
        if (!header.StartsWith(Scheme + " ", StringComparison.OrdinalIgnoreCase)
            || !Convert.TryFromBase64String(header[(Scheme.Length + 1)..], decoded, out var length))
        {
            return Task.FromResult(AuthenticateResult.NoResult());
        }

        var pair = Encoding.UTF8.GetString(decoded.AsSpan(0, length)).Split(':', 2);
        if (pair.Length < 2 || users.RoleOf(pair[0], pair[1]) is not { } role)
        {
            return Task.FromResult(AuthenticateResult.Fail("Unknown user or wrong password."));
        }

        var identity = new ClaimsIdentity([new Claim(ClaimTypes.Name, pair[0]), new Claim(ClaimTypes.Role, role)], Scheme);
        return Task.FromResult(AuthenticateResult.Success(new AuthenticationTicket(new ClaimsPrincipal(identity), Scheme)));
    }

    protected override Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        Response.StatusCode = StatusCodes.Status401Unauthorized;
        Response.Headers.WWWAuthenticate = "Basic realm=\"TokenKit sample\"";
        return Task.CompletedTask;
    }
}

/// <summary>Nothing to set.</summary>
internal sealed class DemoSignInOptions : AuthenticationSchemeOptions;
