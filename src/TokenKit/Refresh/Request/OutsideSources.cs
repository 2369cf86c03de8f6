using Microsoft.Extensions.DependencyInjection;

namespace TokenKit.Refresh.Request;

/// <summary>What a definition names and other registrations or the application's own code bring.</summary>
/// <param name="Tokens">Another registration's source, by token name.</param>
/// <param name="Assertions">Sources of assertions, by name.</param>
/// <param name="Signers">Signers of requests, by name.</param>
internal sealed record OutsideSources(
    Func<string, ITokenSource?> Tokens, Func<string, IAssertionSource?> Assertions, Func<string, IRequestSigner?> Signers)
{
    /// <summary>Looks among the services, by key.</summary>
    public static OutsideSources In(IServiceProvider provider) => new(
        provider.GetKeyedService<ITokenSource>,
        provider.GetKeyedService<IAssertionSource>,
        provider.GetKeyedService<IRequestSigner>);

    public static OutsideSources None { get; } = new(static _ => null, static _ => null, static _ => null);
}
