using Microsoft.Extensions.Logging;

namespace TokenKit;

/// <summary>Messages about options and definitions: 1500 to 1599.</summary>
internal static partial class Log
{
    [LoggerMessage(1500, LogLevel.Warning,
        "The reloaded options of the token '{TokenName}' cannot work; the last valid definition stays in use. Correct the configuration. {Faults}")]
    public static partial void ReloadRefused(this ILogger logger, string tokenName, string faults);

    [LoggerMessage(1501, LogLevel.Debug, "The definition of the token '{TokenName}' was compiled anew after a reload")]
    public static partial void DefinitionReloaded(this ILogger logger, string tokenName);
}
