using Microsoft.Extensions.Logging;
using TokenKit.Diagnostics;

namespace TokenKit.Definitions;

/// <summary>The messages about options and definitions.</summary>
internal static partial class DefinitionLog
{
    [LoggerMessage(EventIds.ReloadRefused, LogLevel.Warning,
        "The reloaded options of token '{Token}' cannot work. The last valid definition stays in use. Correct the configuration. {Faults}",
        EventName = nameof(EventIds.ReloadRefused))]
    public static partial void ReloadRefused(this ILogger logger, string token, string faults);

    [LoggerMessage(EventIds.ReloadClashes, LogLevel.Warning,
        "The reloaded options of token '{Token}' are in use, and do not fit another registration's: with them the program would not start. Correct the configuration. {Fault}",
        EventName = nameof(EventIds.ReloadClashes))]
    public static partial void ReloadClashes(this ILogger logger, string token, string fault);

    [LoggerMessage(EventIds.DefinitionReloaded, LogLevel.Debug,
        "The definition of token '{Token}' was compiled again after a reload.",
        EventName = nameof(EventIds.DefinitionReloaded))]
    public static partial void DefinitionReloaded(this ILogger logger, string token);

    [LoggerMessage(EventIds.PlainSecrets, LogLevel.Warning,
        "The definition of token '{Token}' holds secrets in plain configuration: {Paths}. In {Environment}, keep them where ${{secret.NAME}} finds them: in a store, or in the section Secrets from user secrets, the environment or a vault.",
        EventName = nameof(EventIds.PlainSecrets))]
    public static partial void PlainSecrets(this ILogger logger, string token, string paths, string environment);

    [LoggerMessage(EventIds.TokenInQuery, LogLevel.Warning,
        "Token '{Token}' stands in the query of API calls ({Names}). Proxies and servers write queries into their logs (RFC 9700 section 4.3.2). Use a header if the API accepts one.",
        EventName = nameof(EventIds.TokenInQuery))]
    public static partial void TokenInQuery(this ILogger logger, string token, string names);

    [LoggerMessage(EventIds.TokenInCookie, LogLevel.Warning,
        "Token '{Token}' stands in a cookie of API calls. The platform's primary handlers keep no cookies there. If you use a primary handler of another kind, switch its cookies off.",
        EventName = nameof(EventIds.TokenInCookie))]
    public static partial void TokenInCookie(this ILogger logger, string token);

    [LoggerMessage(EventIds.RegistryAllowed, LogLevel.Warning,
        "{Path} of token '{Token}' allows {Origins}. Under such a name anybody can usually register one, and would be sent the token. Write the host out, or put the '*' below a name of your own, as in https://*.example.co.uk.",
        EventName = nameof(EventIds.RegistryAllowed))]
    public static partial void RegistryAllowed(this ILogger logger, string path, string token, string origins);

    [LoggerMessage(EventIds.SecretMissing, LogLevel.Warning,
        "Token '{Token}' needs the secret '{Secret}', and neither its store nor configuration has it; without it no token can be obtained. Set the configuration key {Setting}: dotnet user-secrets set \"{Setting}\" \"VALUE\" in development, the environment variable {Variable} elsewhere; or put it into the store.",
        EventName = nameof(EventIds.SecretMissing))]
    public static partial void SecretMissing(this ILogger logger, string token, string secret, string setting, string variable);
}
