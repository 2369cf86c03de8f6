using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using TokenKit.DependencyInjection;

namespace TokenKit;

/// <summary>Lets requests in that carry a stored token.</summary>
public static class StoredTokenExtensions
{
    /// <summary>
    /// Adds an authentication scheme: a request whose <c>Authorization</c> header carries the stored token of a registration
    /// is let in (RFC 6750 section 2.1).
    /// </summary>
    /// <param name="builder">The application's authentication.</param>
    /// <param name="authenticationScheme">
    /// The scheme's name; also the token name, unless <see cref="StoredTokenOptions.TokenName"/> says otherwise. The token is
    /// registered by <c>AddTokenRefresh</c>.
    /// </param>
    /// <param name="configure">Sets roles, claims and times.</param>
    /// <returns>The same builder.</returns>
    /// <remarks>
    /// The token is taken from the header only and compared as SHA-256 digest in constant time. Checking starts no refresh: an
    /// expired token opens nothing. While the store cannot be read nobody is let in, and the answer is 503 rather than 401,
    /// so that the caller does not throw away a token that is good.
    /// </remarks>
    /// <exception cref="ArgumentException"><paramref name="authenticationScheme"/> is empty or blank.</exception>
    public static AuthenticationBuilder AddStoredToken(
        this AuthenticationBuilder builder, string authenticationScheme, Action<StoredTokenOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrWhiteSpace(authenticationScheme);

        builder.Services.TryAddSingleton(static services => new AcceptedTokens(services, services.LoggerOf(TokenKitDiagnostics.InboundLogCategory)));
        builder.Services.AddSingleton(new StoredTokenScheme(authenticationScheme));
        builder.Services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, StoredTokenStart>());
        builder.Services.TryAddEnumerable(
            ServiceDescriptor.Singleton<IConfigureOptions<StoredTokenOptions>, StoredTokenConfigureOptions>());
        return builder.AddScheme<StoredTokenOptions, StoredTokenHandler>(authenticationScheme, displayName: null, configure);
    }
}
