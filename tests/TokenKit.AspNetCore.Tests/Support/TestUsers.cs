using System.Security.Claims;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace TokenKit.Tests;

/// <summary>Signs in whoever the header names: <c>Test role=operator,client_id=nightly</c>. No header, nobody.</summary>
internal sealed class TestUsers(IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory loggers, UrlEncoder encoder)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, loggers, encoder)
{
    public new const string Scheme = "Test";

    public static AuthenticationBuilder Add(IServiceCollection services) =>
        services.AddAuthentication(Scheme).AddScheme<AuthenticationSchemeOptions, TestUsers>(Scheme, null);

    protected override Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        var header = Request.Headers.Authorization.ToString();
        if (!header.StartsWith(Scheme + " ", StringComparison.Ordinal))
        {
            return Task.FromResult(AuthenticateResult.NoResult());
        }

        var identity = new ClaimsIdentity(Scheme);
        foreach (var part in header[(Scheme.Length + 1)..].Split(',', StringSplitOptions.RemoveEmptyEntries))
        {
            var (type, value) = part.Split('=') is [var left, var right] ? (left, right) : (ClaimTypes.Name, part);
            identity.AddClaim(new Claim(type == "role" ? ClaimTypes.Role : type, value));
        }

        return Task.FromResult(AuthenticateResult.Success(new AuthenticationTicket(new ClaimsPrincipal(identity), Scheme)));
    }
}
