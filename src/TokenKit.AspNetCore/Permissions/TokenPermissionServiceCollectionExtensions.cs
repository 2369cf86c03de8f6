using Microsoft.AspNetCore.Authorization;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using TokenKit.DependencyInjection;

namespace TokenKit;

/// <summary>Grants permissions for tokens.</summary>
public static class TokenPermissionServiceCollectionExtensions
{
    /// <summary>Grants permissions in code. From then on what is not granted is refused, in endpoints and on the page as well.</summary>
    /// <param name="services">The services.</param>
    /// <param name="configure">Adds roles, claims and service accounts.</param>
    /// <returns>The same services.</returns>
    /// <remarks>A token name that is not registered stops the start.</remarks>
    public static IServiceCollection AddTokenPermissions(this IServiceCollection services, Action<TokenPermissionOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(configure);
        services.AddOptions<TokenPermissionOptions>().Configure(configure);
        return Add(services);
    }

    /// <summary>Grants permissions by configuration: token name, then <c>Read</c>, <c>Update</c> or <c>Seed</c>, then <c>Roles</c>, <c>Claims</c> or <c>ServiceAccounts</c>.</summary>
    /// <param name="services">The services.</param>
    /// <param name="configuration">The section, such as <c>TokenPermissions</c>. A change of it applies without a restart.</param>
    /// <returns>The same services.</returns>
    /// <remarks>Unknown keys and token names that are not registered stop the start.</remarks>
    public static IServiceCollection AddTokenPermissions(this IServiceCollection services, IConfiguration configuration)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(configuration);
        services.AddOptions<TokenPermissionOptions>()
            .Configure(options => TokenPermissionConfiguration.Read(configuration, options))
            .ValidateOnStart();
        services.AddSingleton<IOptionsChangeTokenSource<TokenPermissionOptions>>(
            new ConfigurationChangeTokenSource<TokenPermissionOptions>(Options.DefaultName, configuration));
        return Add(services);
    }

    private static IServiceCollection Add(IServiceCollection services)
    {
        services.AddAuthorization();

        // The page of tokens has a form.
        services.AddAntiforgery();
        services.TryAddSingleton<LockedTokens>();
        StartupChecks.Add(services);
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IStartDemand, PermissionDemand>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IAuthorizationHandler, TokenPermissionHandler>());
        return services;
    }
}
