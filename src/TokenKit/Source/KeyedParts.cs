using Microsoft.Extensions.DependencyInjection;

namespace TokenKit.Source;

/// <summary>What an application has registered under a token name, any number of it.</summary>
internal static class KeyedParts
{
    /// <remarks>
    /// A container that is asked for services of which there are none looks through all that it has, for each name once more. It knows
    /// from a look-up that there are none.
    /// </remarks>
    public static IEnumerable<TPart> PartsOf<TPart>(this IServiceProvider provider, string name) =>
        provider.GetService<IServiceProviderIsKeyedService>()?.IsKeyedService(typeof(TPart), name) is false ? [] : provider.GetKeyedServices<TPart>(name);
}
