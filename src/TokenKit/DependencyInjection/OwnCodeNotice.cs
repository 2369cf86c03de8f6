using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using TokenKit.Source;

namespace TokenKit.DependencyInjection;

/// <summary>Tells the options which steps of a refresh are the application's own code; what such code gives, no definition says.</summary>
internal sealed class OwnCodeNotice(IServiceProvider provider) : IPostConfigureOptions<TokenRefreshOptions>
{
    // Only asked whether they are there: making them may need the very options that are being read.
    private readonly IServiceProviderIsKeyedService? _services = provider.GetService<IServiceProviderIsKeyedService>();

    public void PostConfigure(string? name, TokenRefreshOptions options)
    {
        // Where it cannot be told, nothing is refused.
        options.IsMappedByCode = _services?.IsKeyedService(typeof(ITokenResponseMapper), name) ?? true;
        options.IsRequestedByCode = _services?.IsKeyedService(typeof(ITokenRequester), name);
    }
}
