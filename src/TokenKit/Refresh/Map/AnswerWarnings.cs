namespace TokenKit.Refresh.Map;

/// <summary>What may be odd about an answer that was accepted.</summary>
internal static class AnswerWarnings
{
    public const string TokenTypeMissing = "token_type_missing";

    public const string RefreshTokenInvalid = "refresh_token_invalid";

    public const string ExpiresInUnreadable = "expires_in_unreadable";

    public const string ExpiresAtUnreadable = "expires_at_unreadable";

    public const string ScopeReduced = "scope_reduced";
}
