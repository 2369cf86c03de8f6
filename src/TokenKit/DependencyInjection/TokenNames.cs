using Microsoft.Extensions.DependencyInjection;
using TokenKit.Language.Expressions;
using TokenKit.Source;

namespace TokenKit.DependencyInjection;

/// <summary>The registered token names, and what is said of a name that is not among them.</summary>
/// <remarks>One for a container.</remarks>
internal sealed class TokenNames(IEnumerable<TokenRegistration> registrations, IServiceProviderIsKeyedService? services)
{
    private readonly string[] _names =
        [.. registrations.Select(static registration => registration.Name).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];

    /// <summary>The names of a container, in which perhaps no token was registered at all.</summary>
    public static TokenNames Of(IServiceProvider services) => services.GetService<TokenNames>()
        ?? new TokenNames(services.GetServices<TokenRegistration>(), services.GetService<IServiceProviderIsKeyedService>());

    /// <summary>Whether a token of this name can be asked for: registered, or put in place by the application's own code.</summary>
    public bool Contain(string name) =>
        Array.BinarySearch(_names, name, StringComparer.Ordinal) >= 0 || services?.IsKeyedService(typeof(ITokenSource), name) is true;

    /// <summary>Says that a name is not registered, which one was probably meant, and what to do.</summary>
    /// <param name="name">The name.</param>
    /// <param name="correct">What to correct where other names are registered.</param>
    /// <returns>The end of a sentence that said who needs it, and a second sentence.</returns>
    public string Unknown(string name, string correct)
    {
        var call = $"services.AddTokenRefresh(\"{name}\", …) in application start-up code.";
        if (_names.Length == 0)
        {
            return $"no token is registered at all. Call {call}";
        }

        return NearestName.Find(name, _names) is { } nearest
            ? $"no token of that name is registered; did you mean '{nearest}'? Correct {correct}, or call {call}"
            : $"no token of that name is registered; there are {ListedNames.Of(_names)}. Correct {correct}, or call {call}";
    }
}
