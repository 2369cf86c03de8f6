using Microsoft.Extensions.Logging;

namespace TokenKit.Diagnostics;

/// <summary>Messages about options and definitions: 1500 to 1599.</summary>
internal static partial class Log
{
    [LoggerMessage(1500, LogLevel.Warning,
        "The reloaded options of the token '{TokenName}' cannot work; the last valid definition stays in use. Correct the configuration. {Faults}")]
    public static partial void ReloadRefused(this ILogger logger, string tokenName, string faults);

    [LoggerMessage(1501, LogLevel.Debug, "The definition of the token '{TokenName}' was compiled anew after a reload")]
    public static partial void DefinitionReloaded(this ILogger logger, string tokenName);

    [LoggerMessage(1502, LogLevel.Warning,
        "The definition of the token '{TokenName}' holds secrets in plain configuration: {Paths}. In {Environment} keep them where ${{secret.NAME}} finds them: a store, or the section Secrets from user secrets, the environment or a vault.")]
    public static partial void PlainSecrets(this ILogger logger, string tokenName, string paths, string environment);

    [LoggerMessage(1503, LogLevel.Warning,
        "The token '{TokenName}' stands in the query of API calls ({Names}), where proxies and servers write it into logs (RFC 9700 section 4.3.2). Use a header where the API knows one.")]
    public static partial void TokenInQuery(this ILogger logger, string tokenName, string names);

    [LoggerMessage(1504, LogLevel.Warning,
        "The token '{TokenName}' stands in a cookie of API calls. A primary handler of the platform's keeps no cookies there; one of another kind should not either.")]
    public static partial void TokenInCookie(this ILogger logger, string tokenName);
}
