using System.Diagnostics.CodeAnalysis;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using TokenKit.DependencyInjection;

namespace TokenKit;

/// <summary>Maps endpoints by which a person consents, so that the first refresh token gets in without copy and paste.</summary>
public static class TokenConsentEndpointRouteBuilderExtensions
{
    /// <summary>
    /// Maps <c>GET /NAME</c> and <c>GET /NAME/SUBJECT</c>, which send a person to the server to consent, and
    /// <c>GET /callback</c>, to which the server sends them back: authorization code with PKCE and state. The refresh token
    /// that comes of it is stored for name and subject.
    /// </summary>
    /// <param name="endpoints">The application, or a group.</param>
    /// <param name="pattern">The path; <c>/connect</c> by default.</param>
    /// <param name="configure">Says for which tokens, and where their servers are.</param>
    /// <returns>The group, to add a policy to.</returns>
    /// <remarks>
    /// Who consents needs the permission to seed. The redirect URI to register at the server is the callback's address. The way
    /// back is tied to the browser and the person that began, for 10 minutes. As with <c>MapTokenRefresh</c> the application
    /// does not start without a policy.
    /// </remarks>
    /// <exception cref="InvalidOperationException">No token is registered, or Data Protection is not.</exception>
    public static RouteGroupBuilder MapTokenConsent(
        this IEndpointRouteBuilder endpoints, [StringSyntax("Route")] string pattern, Action<TokenConsentOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(endpoints);
        ArgumentNullException.ThrowIfNull(pattern);
        ArgumentNullException.ThrowIfNull(configure);

        var parts = TokenEndpointParts.Of(endpoints, nameof(MapTokenConsent));
        var protection = endpoints.ServiceProvider.GetService<IDataProtectionProvider>() ?? throw new InvalidOperationException(
            $"{nameof(MapTokenConsent)} needs Data Protection: it seals what it remembers while a person is at the server. Call builder.Services.AddDataProtection() before the application is built.");
        var options = new TokenConsentOptions();
        configure(options);
        var exchange = new CodeExchange(endpoints.ServiceProvider);
        var late = endpoints.ServiceProvider.GetRequiredService<LateComposition>();
        foreach (var (name, server) in options.Servers)
        {
            late.Demand(() => ConsentFaults.Of(name, server, parts, exchange));
        }

        var group = endpoints.MapGroup(pattern).Guarded(endpoints, parts, nameof(MapTokenConsent), pattern);
        var consent = new TokenConsentEndpoints(
            parts,
            options,
            exchange,
            protection.CreateProtector("TokenKit.Consent", "v1"),
            endpoints.ServiceProvider.LoggerOf(TokenKitDiagnostics.ConsentLogCategory));
        group.MapGet(TokenConsentEndpoints.CallbackPath, consent.CallbackAsync).ExcludeFromDescription();
        group.MapGet("/{name}", consent.BeginAsync).ExcludeFromDescription();
        group.MapGet("/{name}/{subject}", consent.BeginAsync).ExcludeFromDescription();
        return group;
    }
}
