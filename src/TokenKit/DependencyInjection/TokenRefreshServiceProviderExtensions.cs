using Microsoft.Extensions.DependencyInjection;
using TokenKit.DependencyInjection;

namespace TokenKit;

/// <summary>Finds what was registered by token name.</summary>
public static class TokenRefreshServiceProviderExtensions
{
    /// <summary>Returns the source of a token. Where none of this name is registered, it says which one was probably meant.</summary>
    /// <remarks>
    /// A constructor or an endpoint takes the same object as <c>[FromKeyedServices("crm")] ITokenSource crm</c>; the container's own
    /// message then names only the key that it did not find.
    /// </remarks>
    /// <param name="services">The services.</param>
    /// <param name="name">The token name, as given to <c>AddTokenRefresh</c>.</param>
    /// <returns>The source; one for a container.</returns>
    /// <exception cref="ArgumentException"><paramref name="name"/> is empty or blank.</exception>
    /// <exception cref="InvalidOperationException">No token of this name is registered, or its registration cannot work.</exception>
    /// <example>
    /// <code>
    /// AccessToken token = await services.GetTokenSource("crm").GetTokenAsync(cancellationToken);
    /// </code>
    /// </example>
    public static ITokenSource GetTokenSource(this IServiceProvider services, string name)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        return services.GetKeyedService<ITokenSource>(name)
            ?? throw new InvalidOperationException(
                $"GetTokenSource was asked for token '{name}', and {TokenNames.Of(services).Unknown(name, "the name")}");
    }
}
