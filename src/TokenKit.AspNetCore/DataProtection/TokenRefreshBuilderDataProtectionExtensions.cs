using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using TokenKit.DependencyInjection;

namespace TokenKit;

/// <summary>Seals stored secrets with ASP.NET Core Data Protection.</summary>
public static class TokenRefreshBuilderDataProtectionExtensions
{
    /// <summary>
    /// Seals what the registration stores with the application's Data Protection keys, in the place of <c>UseAesGcm</c>.
    /// </summary>
    /// <param name="builder">The registration.</param>
    /// <param name="allowEphemeralKeys">
    /// Whether keys may be used that nobody said where to keep; <see langword="false"/> by default. Outside Development the
    /// program then does not start until <c>PersistKeysTo…</c> was called, since lost keys mean lost refresh tokens.
    /// </param>
    /// <returns>The same builder.</returns>
    /// <remarks>
    /// Machines that share a store must share the key ring and the application name. Data Protection replaces its keys every
    /// 90 days and goes on opening with old ones as long as they are kept; a record whose key is gone is reported as damaged
    /// and is not overwritten.
    /// </remarks>
    public static ITokenRefreshBuilder UseDataProtection(this ITokenRefreshBuilder builder, bool allowEphemeralKeys = false)
    {
        ArgumentNullException.ThrowIfNull(builder);

        if (!RegisteredServices.Of(builder.Services).Has<DataProtectionSecretProtector>())
        {
            builder.Services.AddDataProtection();
            builder.Services.TryAddSingleton<KeyRingCheck>();
            builder.Services.AddSingleton<DataProtectionSecretProtector>();
        }

        RegisteredServices.RemoveKeyed<ISecretProtector>(builder.Services, builder.Name);
        builder.Services.AddKeyedSingleton<ISecretProtector>(builder.Name, (services, name) =>
        {
            if (!allowEphemeralKeys)
            {
                services.GetRequiredService<KeyRingCheck>().Demand((string)name!);
            }

            return services.GetRequiredService<DataProtectionSecretProtector>();
        });
        return builder;
    }
}
