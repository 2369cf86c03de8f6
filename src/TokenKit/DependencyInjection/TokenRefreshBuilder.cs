using Microsoft.Extensions.DependencyInjection;

namespace TokenKit.DependencyInjection;

internal sealed class TokenRefreshBuilder(IServiceCollection services, string name) : ITokenRefreshBuilder
{
    public string Name { get; } = name;

    public IServiceCollection Services { get; } = services;
}
