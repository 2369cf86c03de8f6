using System.Diagnostics.CodeAnalysis;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace TokenKit;

/// <summary>Maps a page that shows tokens.</summary>
public static class TokenDashboardEndpointRouteBuilderExtensions
{
    /// <summary>
    /// Maps a page that shows every token the caller may see: its life, its state, its last refreshes, what to do when one
    /// failed, and a button. It keeps itself up to date, and works without JavaScript.
    /// </summary>
    /// <param name="endpoints">The application, or a group.</param>
    /// <param name="pattern">The path; <c>/tokens/ui</c> by default.</param>
    /// <param name="configure">Sets limits.</param>
    /// <returns>The group, to add a policy to.</returns>
    /// <remarks>
    /// The permissions are those of <c>MapTokenRefresh</c>, and so is the rule that the application does not start without a
    /// policy. No token reaches the browser. The button's form carries an antiforgery token: call <c>AddAntiforgery()</c>.
    /// </remarks>
    /// <exception cref="InvalidOperationException">No token is registered, or antiforgery is not.</exception>
    public static RouteGroupBuilder MapTokenDashboard(
        this IEndpointRouteBuilder endpoints, [StringSyntax("Route")] string pattern = "/tokens/ui", Action<TokenDashboardOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(endpoints);
        ArgumentNullException.ThrowIfNull(pattern);

        var parts = TokenEndpointParts.Of(endpoints, nameof(MapTokenDashboard));
        if (endpoints.ServiceProvider.GetService<IAntiforgery>() is null)
        {
            throw new InvalidOperationException(
                $"{nameof(MapTokenDashboard)} has a form that needs antiforgery tokens. Call builder.Services.AddAntiforgery() before the application is built.");
        }

        var group = endpoints.MapGroup(pattern).Guarded(endpoints, parts, nameof(MapTokenDashboard), pattern);
        var options = new TokenDashboardOptions();
        configure?.Invoke(options);
        var dashboard = new TokenDashboardEndpoints(parts, options.StartedRefreshesPerMinute);
        group.MapGet("", dashboard.PageAsync).ExcludeFromDescription();
        group.MapGet("/events", dashboard.Events).WithMetadata(new DashboardChild("/events")).ExcludeFromDescription();
        group.MapPost("/refresh", dashboard.RefreshAsync).WithMetadata(new DashboardChild("/refresh")).ExcludeFromDescription();
        return group;
    }
}
