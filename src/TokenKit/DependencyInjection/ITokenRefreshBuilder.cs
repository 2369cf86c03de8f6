using Microsoft.Extensions.DependencyInjection;

namespace TokenKit;

/// <summary>Configures one registration further; everything it can do is an extension method.</summary>
public interface ITokenRefreshBuilder
{
    /// <summary>The token name of the registration.</summary>
    string Name { get; }

    /// <summary>The services the registration was added to.</summary>
    IServiceCollection Services { get; }
}
