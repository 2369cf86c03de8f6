namespace TokenKit;

/// <summary>
/// The names under which TokenKit reports: for <c>AddMeter</c> and <c>AddSource</c>, and for filters of log categories. They do not
/// change when classes move.
/// </summary>
public static class TokenKitDiagnostics
{
    /// <summary>The name of the meter.</summary>
    public const string MeterName = "TokenKit";

    /// <summary>The name of the activity source.</summary>
    public const string ActivitySourceName = "TokenKit";

    /// <summary>The log category of calls to APIs: tokens that are placed and refused, requests sent again, redirects, cookies.</summary>
    public const string HandlerLogCategory = "TokenKit.Handler";

    /// <summary>The log category of refreshes, and of writing what they obtained to the store.</summary>
    public const string RefreshLogCategory = "TokenKit.Refresh";

    /// <summary>The log category of refreshes without traffic, and of tokens that the host waits for at start.</summary>
    public const string SchedulingLogCategory = "TokenKit.Scheduling";

    /// <summary>The log category of options: reloads, and definitions that work and are unwise.</summary>
    public const string DefinitionsLogCategory = "TokenKit.Definitions";

    /// <summary>The log category of handlers of token events.</summary>
    public const string EventsLogCategory = "TokenKit.Events";

    /// <summary>The log category of file stores and keys that a registration makes.</summary>
    public const string StorageLogCategory = "TokenKit.Storage";

    /// <summary>The log category of requests that carry a stored token (package TokenKit.AspNetCore).</summary>
    public const string InboundLogCategory = "TokenKit.Inbound";

    /// <summary>The log category of people's consent (package TokenKit.AspNetCore).</summary>
    public const string ConsentLogCategory = "TokenKit.Consent";
}
