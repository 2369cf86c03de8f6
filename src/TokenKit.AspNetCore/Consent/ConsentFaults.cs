using Microsoft.Extensions.Options;
using TokenKit.Definitions.Compilation;
using TokenKit.DependencyInjection;

namespace TokenKit;

/// <summary>Says at start why no person could consent, and not first to the person who tries.</summary>
internal static class ConsentFaults
{
    public static string? Of(string name, TokenConsentServer server, TokenEndpointParts parts, CodeExchange exchange)
    {
        if (!parts.States.Knows(name))
        {
            return $"MapTokenConsent names token '{name}', and {TokenNames.Of(parts.Services).Unknown(name, "the name")}";
        }

        DefinitionCompilation compilation;
        string? scope;
        try
        {
            compilation = exchange.Compile(name, "code", "https://localhost/", ConsentTicket.RandomText());
            scope = server.Scope ?? exchange.ScopeOf(name);
        }
        catch (OptionsValidationException)
        {
            // Reported by the registration itself.
            return null;
        }

        if (compilation.Definition is not { } definition)
        {
            return $"No person can consent for the token '{name}': {DefinitionFault.Describe(name, compilation.Faults)}";
        }

        if (scope?.Contains("${", StringComparison.Ordinal) is true)
        {
            return $"The scope of the token '{name}' is a template. Set TokenConsentServer.Scope to the scope that people consent to.";
        }

        return IsUsable(server.AuthorizationEndpoint, definition.DangerousAllowHttpOnLoopback)
            ? null
            : $"TokenConsentServer.AuthorizationEndpoint of the token '{name}' must be an absolute https URL without a fragment (RFC 6749 section 3.1).";
    }

    private static bool IsUsable(string endpoint, bool allowsHttpOnLoopback) =>
        Uri.TryCreate(endpoint, UriKind.Absolute, out var url)
        && url.Fragment.Length == 0
        && (url.Scheme == Uri.UriSchemeHttps || (allowsHttpOnLoopback && url.Scheme == Uri.UriSchemeHttp && url.IsLoopback));
}
