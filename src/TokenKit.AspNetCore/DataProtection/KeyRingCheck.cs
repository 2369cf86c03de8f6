using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using TokenKit.Values;

namespace TokenKit;

/// <summary>Refuses a key ring that is gone with the process or the container: every stored refresh token would be lost with it.</summary>
internal sealed class KeyRingCheck(IServiceProvider services, TokenKitEnvironment environment)
{
    /// <exception cref="InvalidOperationException">The key ring is kept nowhere that was chosen.</exception>
    public void Demand(string tokenName)
    {
        var isInMemory = services.GetRequiredService<IDataProtectionProvider>() is EphemeralDataProtectionProvider;
        var isChosen = services.GetRequiredService<IOptions<KeyManagementOptions>>().Value.XmlRepository is not null;

        // Without a choice the framework takes the user's profile, which a container does not keep, or memory.
        if (isInMemory || (!isChosen && !environment.IsDevelopment))
        {
            throw new InvalidOperationException(
                $"The token registration '{tokenName}' seals what it stores with Data Protection, and nothing says where the keys are kept ({environment.Name}): with them every stored refresh token would be lost. " +
                "Call AddDataProtection().PersistKeysTo…() and SetApplicationName(…), the same on all machines; or write down UseDataProtection(allowEphemeralKeys: true) if that may happen.");
        }
    }
}
