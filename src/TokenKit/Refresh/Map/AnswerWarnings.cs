namespace TokenKit.Refresh.Map;

/// <summary>What may be odd about an answer that was accepted.</summary>
internal static class AnswerWarnings
{
    public const string TokenTypeMissing = "token_type_missing";

    public const string RefreshTokenInvalid = "refresh_token_invalid";

    public const string ExpiresInUnreadable = "expires_in_unreadable";

    public const string ExpiresAtUnreadable = "expires_at_unreadable";

    public const string RefreshInUnreadable = "refresh_in_unreadable";

    /// <summary>The token was over when it came.</summary>
    public const string LifetimeZero = "lifetime_zero";

    /// <summary>By the clock of this machine the token was over when it came.</summary>
    public const string ExpiresAtPassed = "expires_at_passed";

    /// <summary>What was to be a lifetime is a point in time.</summary>
    public const string ExpiresInIsTime = "expires_in_is_time";

    /// <summary>A point in time is written in microseconds, nanoseconds or ticks.</summary>
    public const string ExpiresAtUnit = "expires_at_unit";

    public const string ScopeReduced = "scope_reduced";

    /// <summary>What can be done about a warning, for the person on call; empty for one of the application's own mapper.</summary>
    public static string AdviceFor(string warning) => warning switch
    {
        TokenTypeMissing =>
            "The answer names no token_type, which RFC 6749 section 5.1 requires; the token is used as a bearer token. If it is one, write an empty Response.TokenType, or tell the server's owner.",
        RefreshTokenInvalid =>
            "The refresh token in the answer holds characters that none may hold and was thrown away. A former one stays stored; if the server has ended it, or there is none, a person must consent again. Have Response.RefreshToken select the token alone.",
        ExpiresInUnreadable => "The lifetime in the answer could not be read, so Response.DefaultLifetime counts. Check Response.ExpiresIn, ExpiresInUnit and ExpiresInFormat.",
        ExpiresAtUnreadable => "The end of the token's life could not be read, so Response.DefaultLifetime counts. Check Response.ExpiresAt and ExpiresAtFormat.",
        RefreshInUnreadable => "When the server wants the token renewed could not be read, or was not after the answer, so the token is renewed as if the server had said nothing. Check Response.RefreshIn; a number counts in Response.ExpiresInUnit.",
        ScopeReduced => "The server granted less than Scope asks for, and calls that need the rest are refused. Have the client allowed the missing scopes, or take them out of Scope.",
        _ => "",
    };
}
