using System.Diagnostics.CodeAnalysis;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Net.Http.Headers;
using TokenKit.Storage;

namespace TokenKit;

/// <summary>Maps endpoints that show, refresh, seed and forget tokens.</summary>
public static class TokenRefreshEndpointRouteBuilderExtensions
{
    private static readonly int[] FailuresOfToken =
        [StatusCodes.Status409Conflict, StatusCodes.Status502BadGateway, StatusCodes.Status503ServiceUnavailable];

    private static readonly int[] FailuresOfRefresh = [StatusCodes.Status403Forbidden, StatusCodes.Status429TooManyRequests, .. FailuresOfToken];

    /// <summary>
    /// Maps, below a path: <c>GET /</c> (the state of all tokens the caller may see), <c>GET /NAME</c> (state and last
    /// refreshes), <c>POST /NAME/refresh</c> (runs or joins a refresh), <c>PUT /NAME/seed</c> (stores a refresh token),
    /// <c>DELETE /NAME</c> (forgets), and the same with a subject after the name. No answer holds a token, that of
    /// <c>GET /NAME/access-token</c> apart, which is off unless enabled.
    /// </summary>
    /// <param name="endpoints">The application, or a group.</param>
    /// <param name="pattern">The path; <c>/tokens</c> by default.</param>
    /// <param name="configure">Sets limits, and enables access-token endpoints.</param>
    /// <returns>The group, to add a policy to.</returns>
    /// <remarks>
    /// Without a policy on the group, without <c>AddTokenPermissions</c> and without <c>AllowAnonymous()</c> the application does
    /// not start. An unknown token and a forbidden one are both 404. Refreshes go by POST, since they change something.
    /// </remarks>
    /// <exception cref="InvalidOperationException">No token is registered.</exception>
    public static RouteGroupBuilder MapTokenRefresh(
        this IEndpointRouteBuilder endpoints, [StringSyntax("Route")] string pattern = "/tokens", Action<TokenRefreshEndpointOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(endpoints);
        ArgumentNullException.ThrowIfNull(pattern);

        var parts = TokenEndpointParts.Of(endpoints, nameof(MapTokenRefresh));
        var options = new TokenRefreshEndpointOptions();
        configure?.Invoke(options);
        var group = endpoints.MapGroup(pattern).Guarded(endpoints, parts, nameof(MapTokenRefresh), pattern);
        var tokens = new TokenEndpoints(parts, options);
        MapTokens(group, tokens);
        MapAccessTokens(group, tokens, options);
        return group;
    }

    /// <summary>What holds for everything this package maps: a policy is demanded, nothing is cached, no subject is too long, no other site's browser is obeyed.</summary>
    internal static RouteGroupBuilder Guarded(
        this RouteGroupBuilder group, IEndpointRouteBuilder endpoints, TokenEndpointParts parts, string method, string pattern)
    {
        PolicyDemand.On(endpoints, group, method, pattern);
        if (parts.Access.HasPermissions)
        {
            group.RequireAuthorization();
        }

        group.AddEndpointFilter(static async (invocation, next) =>
        {
            var context = invocation.HttpContext;

            // The last line of defence, for endpoints that were put together in a way nobody could check at start.
            if (context.GetEndpoint() is { } endpoint && endpoint.Metadata.GetMetadata<PolicyDemand>()?.FaultOf(endpoint) is { } fault)
            {
                throw new InvalidOperationException(fault);
            }

            context.Response.Headers[HeaderNames.CacheControl] = "no-store";
            if (await BrowserRequests.AreRefusedAsync(context).ConfigureAwait(false))
            {
                return Problems.FromAnotherSite();
            }

            return await RequestedSubject.TooLongInAsync(context).ConfigureAwait(false) is { } subject
                ? Problems.SubjectTooLong(subject)
                : await next(invocation).ConfigureAwait(false);
        });
        return group;
    }

    private static void MapTokens(RouteGroupBuilder group, TokenEndpoints tokens)
    {
        group.MapGet("/", tokens.ListAsync)
            .WithSummary("The state of all tokens you may see").Produces<TokenListAnswer>();
        group.MapGet("/{name}", tokens.StateAsync)
            .WithSummary("The state of a token and its last refreshes; never the token").Describes<TokenView>();
        group.MapGet("/{name}/{subject}", tokens.StateAsync)
            .WithSummary("The state of a subject's token").Describes<TokenView>();
        group.MapPost("/{name}/refresh", tokens.RefreshAsync)
            .WithSummary("Refreshes a token, or joins the refresh that is under way").Describes<RefreshAnswer>().Fails(FailuresOfRefresh);
        group.MapPost("/{name}/{subject}/refresh", tokens.RefreshAsync)
            .WithSummary("Refreshes a subject's token").Describes<RefreshAnswer>().Fails(FailuresOfRefresh);
        group.MapPut("/{name}/seed", tokens.SeedAsync)
            .WithSummary("Stores a refresh token that a person obtained").Accepts<SeedRequest>("application/json").Changes();
        group.MapPut("/{name}/{subject}/seed", tokens.SeedAsync)
            .WithSummary("Stores a subject's refresh token").Accepts<SeedRequest>("application/json").Changes();
        group.MapDelete("/{name}", tokens.ForgetAsync)
            .WithSummary("Forgets what is stored; revokes nothing at the server").Changes();
        group.MapDelete("/{name}/{subject}", tokens.ForgetAsync)
            .WithSummary("Forgets what is stored for a subject").Changes();
    }

    private static void MapAccessTokens(RouteGroupBuilder group, TokenEndpoints tokens, TokenRefreshEndpointOptions options)
    {
        // Of a name it was not enabled for: as if there were no such token, rather than a subject of that name.
        group.MapGet("/{name}/access-token", static () => Problems.NoSuchToken()).ExcludeFromDescription();
        foreach (var (name, policy) in options.AccessTokenPolicies)
        {
            var literal = name.Replace("{", "{{", StringComparison.Ordinal).Replace("}", "}}", StringComparison.Ordinal);
            group.MapGet($"/{literal}/access-token", (HttpContext context, string? subject = null) => tokens.AccessTokenAsync(context, name, subject))
                .WithSummary("The access token itself").WithMetadata(new HandsOutToken()).RequireAuthorization(policy).Describes<AccessTokenAnswer>().Fails(FailuresOfToken);
            group.MapGet($"/{literal}/{{subject}}/access-token", (HttpContext context, string subject) => tokens.AccessTokenAsync(context, name, subject))
                .WithSummary("A subject's access token itself").WithMetadata(new HandsOutToken()).RequireAuthorization(policy).Describes<AccessTokenAnswer>().Fails(FailuresOfToken);
        }
    }

    private static RouteHandlerBuilder Describes<T>(this RouteHandlerBuilder endpoint) => endpoint
        .Produces<T>().Fails(StatusCodes.Status400BadRequest, StatusCodes.Status404NotFound);

    private static RouteHandlerBuilder Changes(this RouteHandlerBuilder endpoint) => endpoint
        .Produces(StatusCodes.Status204NoContent)
        .Fails(
            StatusCodes.Status400BadRequest, StatusCodes.Status403Forbidden, StatusCodes.Status404NotFound, StatusCodes.Status409Conflict,
            StatusCodes.Status503ServiceUnavailable);

    private static RouteHandlerBuilder Fails(this RouteHandlerBuilder endpoint, params ReadOnlySpan<int> statuses)
    {
        foreach (var status in statuses)
        {
            endpoint.Produces<TokenProblem>(status, "application/problem+json");
        }

        return endpoint;
    }
}
