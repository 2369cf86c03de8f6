namespace TokenKit.Diagnostics;

/// <summary>The tags of metrics and spans: few values each, and never a secret.</summary>
internal static class Tag
{
    public const string NameKey = "tokenkit.token.name";
    public const string TriggerKey = "tokenkit.refresh.trigger";
    public const string ErrorKey = "error.type";

    public static KeyValuePair<string, object?> Name(string name) => new(NameKey, name);

    public static KeyValuePair<string, object?> Source(string source) => new("tokenkit.token.source", source);

    public static KeyValuePair<string, object?> Trigger(RefreshTrigger trigger) => new(TriggerKey, Text(trigger));

    public static KeyValuePair<string, object?> Error(RefreshFailureReason reason) => new(ErrorKey, Text(reason));

    public static string Text(RefreshTrigger trigger) => trigger switch
    {
        RefreshTrigger.Missing => "missing",
        RefreshTrigger.Expired => "expired",
        RefreshTrigger.Ahead => "ahead",
        RefreshTrigger.Scheduled => "scheduled",
        RefreshTrigger.Rejected => "rejected",
        _ => "requested",
    };

    /// <summary>The reason in snake_case, as the conventions for <c>error.type</c> have it.</summary>
    public static string Text(RefreshFailureReason reason) => reason switch
    {
        RefreshFailureReason.ReauthorizationRequired => "reauthorization_required",
        RefreshFailureReason.ClientRejected => "client_rejected",
        RefreshFailureReason.RequestRejected => "request_rejected",
        RefreshFailureReason.Throttled => "throttled",
        RefreshFailureReason.ServerError => "server_error",
        RefreshFailureReason.Unreachable => "unreachable",
        RefreshFailureReason.TimedOut => "timed_out",
        RefreshFailureReason.AnswerRefused => "answer_refused",
        RefreshFailureReason.AnswerUnreadable => "answer_unreadable",
        RefreshFailureReason.TokenMissing => "token_missing",
        RefreshFailureReason.TokenInvalid => "token_invalid",
        RefreshFailureReason.SecretUnavailable => "secret_unavailable",
        RefreshFailureReason.StoreUnavailable => "store_unavailable",
        _ => "superseded",
    };
}
