namespace TokenKit.Refresh.Map;

/// <summary>What may be odd about an answer that was accepted.</summary>
internal static class AnswerWarnings
{
    public const string TokenTypeMissing = "token_type_missing";

    public const string RefreshTokenInvalid = "refresh_token_invalid";

    public const string ExpiresInUnreadable = "expires_in_unreadable";

    public const string ExpiresAtUnreadable = "expires_at_unreadable";

    /// <summary>The token was over when it came.</summary>
    public const string LifetimeZero = "lifetime_zero";

    /// <summary>By the clock of this machine the token was over when it came.</summary>
    public const string ExpiresAtPassed = "expires_at_passed";

    /// <summary>What was to be a lifetime is a point in time.</summary>
    public const string ExpiresInIsTime = "expires_in_is_time";

    /// <summary>A point in time is written in microseconds, nanoseconds or ticks.</summary>
    public const string ExpiresAtUnit = "expires_at_unit";

    public const string ScopeReduced = "scope_reduced";
}
