using System.Globalization;

namespace TokenKit;

/// <summary>What the page says, in words.</summary>
internal static class Wording
{
    public static string Of(TokenCondition status) => status switch
    {
        TokenCondition.Fresh => "Fresh",
        TokenCondition.Due => "Due for renewal",
        TokenCondition.Failing => "Works, but refreshing fails",
        TokenCondition.Expired => "Expired",
        TokenCondition.NotObtained => "Not used yet",
        TokenCondition.Failed => "Not working",
        _ => "Needs consent",
    };

    /// <summary>Of the style sheet.</summary>
    public static string ClassOf(TokenCondition status) => status switch
    {
        TokenCondition.Fresh => "good",
        TokenCondition.Due => "due",
        TokenCondition.Failing or TokenCondition.Expired => "warn",
        TokenCondition.NotObtained => "idle",
        _ => "bad",
    };

    /// <summary>A sign that does not need colour.</summary>
    public static string SignOf(TokenCondition status) => status switch
    {
        TokenCondition.Fresh => "✓",
        TokenCondition.Due => "↻",
        TokenCondition.Failing or TokenCondition.Expired => "!",
        TokenCondition.NotObtained => "–",
        _ => "✕",
    };

    public static bool NeedsAttention(TokenCondition status) => status is TokenCondition.Failing or TokenCondition.Failed or TokenCondition.NeedsConsent;

    public static string Of(RefreshTrigger trigger) => trigger switch
    {
        RefreshTrigger.Missing => "first use",
        RefreshTrigger.Expired => "after expiry",
        RefreshTrigger.Ahead => "ahead of expiry",
        RefreshTrigger.Scheduled => "on schedule",
        RefreshTrigger.Rejected => "the API refused the token",
        _ => "on request",
    };

    public static string Of(RefreshOutcome outcome) => outcome switch
    {
        RefreshOutcome.Refreshed => "refreshed",
        RefreshOutcome.Adopted => "taken from the store",
        _ => "failed",
    };

    /// <summary>A length of time in its two largest units: <c>3 h 5 min</c>.</summary>
    public static string Of(TimeSpan span)
    {
        span = span.Duration();
        var (count, unit, rest, restUnit) = span switch
        {
            { TotalDays: >= 1 } => (span.Days, "d", span.Hours, "h"),
            { TotalHours: >= 1 } => (span.Hours, "h", span.Minutes, "min"),
            { TotalMinutes: >= 1 } => (span.Minutes, "min", 0, ""),
            _ => (span.Seconds, "s", 0, ""),
        };
        return string.Create(CultureInfo.InvariantCulture, $"{count} {unit}{(rest > 0 ? $" {rest} {restUnit}" : "")}");
    }

    public static string Milliseconds(double milliseconds) => milliseconds switch
    {
        >= 1000 => string.Create(CultureInfo.InvariantCulture, $"{milliseconds / 1000:0.0} s"),
        >= 10 => string.Create(CultureInfo.InvariantCulture, $"{milliseconds:0} ms"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{milliseconds:0.#} ms"),
    };
}
