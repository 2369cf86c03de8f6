using System.Security.Claims;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Extensions;
using Microsoft.Extensions.Logging;

namespace TokenKit;

/// <summary>The way to the server and back: authorization code with PKCE and state (RFC 6749 section 4.1, RFC 7636, RFC 9700 section 2.1).</summary>
internal sealed class TokenConsentEndpoints(
    TokenEndpointParts parts, TokenConsentOptions options, CodeExchange exchange, IDataProtector protector, ILogger logger)
{
    public const string CallbackPath = "/callback";

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(10);

    /// <summary>Sends a person who may seed the token to the server.</summary>
    public async Task<IResult> BeginAsync(HttpContext context, string name, string? subject = null)
    {
        var key = new TokenKey(name, subject ?? "");
        switch (options.Servers.ContainsKey(name) ? await parts.Access.OfAsync(context, key, TokenOperation.Seed).ConfigureAwait(false) : Access.Refused)
        {
            case Access.Locked:
                return Problems.Locked();
            case Access.Refused:
                return Problems.NoSuchToken();
        }

        var server = options.Servers[name];
        if (await exchange.ClientIdAsync(key, context.RequestAborted).ConfigureAwait(false) is not { Length: > 0 } clientId)
        {
            return ConsentPage.Failed(new RefreshFailure(
                RefreshFailureReason.SecretUnavailable, $"The client id of '{key}' cannot be resolved. Set Client:Id, or provide the secret it names."));
        }

        var ticket = new ConsentTicket
        {
            Name = name,
            Subject = key.Subject,
            State = ConsentTicket.RandomText(),
            Verifier = ConsentTicket.RandomText(),
            RedirectUri = server.RedirectUri ?? CallbackOf(context, name, subject),
            Person = PersonOf(context),
            Until = parts.Time.GetUtcNow() + Patience,
        };
        context.Response.Cookies.Append(ConsentTicket.CookieOf(ticket.State), ticket.Seal(protector), CookieOptionsOf(context));
        return TypedResults.Redirect(AuthorizationUrl(server, ticket, clientId));
    }

    /// <summary>Takes the server's answer.</summary>
    public async Task<IResult> CallbackAsync(HttpContext context, string? state = null, string? code = null, string? error = null, string? iss = null)
    {
        if (TakeTicket(context, state) is not { } ticket
            || !options.Servers.TryGetValue(ticket.Name, out var server)
            || (server.Issuer is { } issuer && iss != issuer))
        {
            return ConsentPage.Unexpected();
        }

        // Asked again: permissions may have changed, and the ticket lives in the browser.
        var key = new TokenKey(ticket.Name, ticket.Subject);
        if (!await parts.Access.MayAsync(context, key, TokenOperation.Seed).ConfigureAwait(false))
        {
            return Problems.NoSuchToken();
        }

        if (error is not null || string.IsNullOrEmpty(code))
        {
            logger.ConsentDeclined(key);
            return ConsentPage.Declined();
        }

        if (await exchange.RedeemAsync(key, code, ticket.RedirectUri, ticket.Verifier).ConfigureAwait(false) is { } failure)
        {
            logger.ConsentFailed(key, failure.Reason, failure.MessageWithServerWords);
            return ConsentPage.Failed(failure);
        }

        parts.News.Announce();
        logger.ConsentGiven(key);
        return ConsentPage.Connected(key);
    }

    // Good once: whoever comes with the same answer again finds no ticket.
    private ConsentTicket? TakeTicket(HttpContext context, string? state)
    {
        if (string.IsNullOrEmpty(state) || context.Request.Cookies[ConsentTicket.CookieOf(state)] is not { } cookie)
        {
            return null;
        }

        context.Response.Cookies.Delete(ConsentTicket.CookieOf(state), CookieOptionsOf(context));
        return ConsentTicket.Open(protector, cookie) is { } ticket
            && ticket.Answers(state)
            && ticket.Person == PersonOf(context)
            && ticket.Until > parts.Time.GetUtcNow()
            ? ticket
            : null;
    }

    private string AuthorizationUrl(TokenConsentServer server, ConsentTicket ticket, string clientId)
    {
        var query = new QueryBuilder
        {
            { "response_type", "code" },
            { "client_id", clientId },
            { "redirect_uri", ticket.RedirectUri },
            { "state", ticket.State },
            { "code_challenge", ticket.Challenge },
            { "code_challenge_method", "S256" },
        };
        if ((server.Scope ?? exchange.ScopeOf(ticket.Name)) is { Length: > 0 } scope)
        {
            query.Add("scope", scope);
        }

        foreach (var (name, value) in server.Parameters)
        {
            query.Add(name, value);
        }

        var parameters = query.ToString();
        return server.AuthorizationEndpoint + (server.AuthorizationEndpoint.Contains('?', StringComparison.Ordinal) ? "&" + parameters[1..] : parameters);
    }

    private static string CallbackOf(HttpContext context, string name, string? subject)
    {
        var own = context.Request.Path.ToString().TrimEnd('/');
        var segments = subject is not null && context.Request.RouteValues.ContainsKey("subject") ? 2 : 1;
        for (var segment = 0; segment < segments; segment++)
        {
            own = own[..own.LastIndexOf('/')];
        }

        return UriHelper.BuildAbsolute(context.Request.Scheme, context.Request.Host, context.Request.PathBase, own + CallbackPath);
    }

    private static string PersonOf(HttpContext context) =>
        context.User.FindFirst("sub")?.Value ?? context.User.FindFirst(ClaimTypes.NameIdentifier)?.Value ?? context.User.Identity?.Name ?? "";

    // Lax, because the server's redirect is a navigation from another site.
    private static CookieOptions CookieOptionsOf(HttpContext context) => new()
    {
        HttpOnly = true,
        Secure = context.Request.IsHttps,
        SameSite = SameSiteMode.Lax,
        MaxAge = Patience,
        IsEssential = true,
        Path = "/",
    };
}
