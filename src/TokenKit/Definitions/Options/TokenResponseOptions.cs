namespace TokenKit;

/// <summary>How an answer is read: expressions over <c>body</c>, <c>header['NAME']</c> and <c>status</c>.</summary>
/// <remarks>
/// A selector is an expression, or several of which the first with a value is used. <see langword="null"/> stands for the
/// default that a property names; an empty list for "not read at all".
/// </remarks>
public sealed class TokenResponseOptions
{
    /// <summary>
    /// How the answer is written. With <see cref="ResponseFormat.Json"/> written down it may also be a list or a single value.
    /// </summary>
    /// <value>By the answer's content type by default.</value>
    public ResponseFormat? Format { get; set; }

    /// <summary>
    /// When an answer is a success: a condition. One that is written replaces the default as a whole, the status included.
    /// </summary>
    /// <value>Status 2xx and no <c>body.error</c> by default.</value>
    public string? Success { get; set; }

    /// <summary>Where the access token is.</summary>
    /// <value><c>body.access_token</c> by default.</value>
    public TextList? AccessToken { get; set; }

    /// <summary>Where the refresh token is.</summary>
    /// <value><c>body.refresh_token</c> by default.</value>
    public TextList? RefreshToken { get; set; }

    /// <summary>What happens to the stored refresh token when an answer arrives.</summary>
    /// <value><see cref="RefreshTokenRule.KeepIfAbsent"/> by default.</value>
    public RefreshTokenRule RefreshTokenRule { get; set; }

    /// <summary>Where the token's type is.</summary>
    /// <value><c>body.token_type</c> by default.</value>
    public TextList? TokenType { get; set; }

    /// <summary>Where the granted scope is.</summary>
    /// <value><c>body.scope</c> by default.</value>
    public TextList? Scope { get; set; }

    /// <summary>Where the time of issue is.</summary>
    public TextList? IssuedAt { get; set; }

    /// <summary>
    /// Where the lifetime is: a number in <see cref="ExpiresInUnit"/>, or, where this is written, a text such as <c>1h</c> or
    /// <c>PT55M</c>.
    /// </summary>
    /// <value><c>body.expires_in</c> by default.</value>
    public TextList? ExpiresIn { get; set; }

    /// <summary>The unit of a number in <see cref="ExpiresIn"/> and <see cref="RefreshIn"/>.</summary>
    /// <value><see cref="LifetimeUnit.Seconds"/> by default.</value>
    public LifetimeUnit ExpiresInUnit { get; set; }

    /// <summary>The form of a text with colons in <see cref="ExpiresIn"/> and <see cref="RefreshIn"/>, such as <c>d:hh:mm</c> or <c>h:mm:ss</c>.</summary>
    public string? ExpiresInFormat { get; set; }

    /// <summary>
    /// Where the instant of expiry is: ISO 8601, RFC 1123, or seconds or milliseconds since 1970, told apart by size. Of
    /// several the earliest counts.
    /// </summary>
    public TextList? ExpiresAt { get; set; }

    /// <summary>A date and time format of .NET for <see cref="ExpiresAt"/>, read as UTC, such as <c>yyyy-MM-dd HH:mm:ss</c>.</summary>
    public string? ExpiresAtFormat { get; set; }

    /// <summary>A fixed lifetime that overrules the answer. A year at most is used.</summary>
    /// <value>From 1 second to 36,525 days, or <see cref="Timeout.InfiniteTimeSpan"/>; none by default.</value>
    public TimeSpan? Lifetime { get; set; }

    /// <summary>The lifetime used when the answer says nothing. A year at most is used.</summary>
    /// <value>From 1 second to 36,525 days, or <see cref="Timeout.InfiniteTimeSpan"/>; 5 minutes by default.</value>
    public TimeSpan DefaultLifetime { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>
    /// Where the server's own hint is how long after the answer the token is to be renewed, such as <c>body.refresh_in</c> of Microsoft
    /// Entra: read like <see cref="ExpiresIn"/>, in the same unit. It takes the place of <see cref="TokenFreshnessOptions.RefreshAt"/>;
    /// an earlier <see cref="TokenFreshnessOptions.Every"/> or <see cref="TokenFreshnessOptions.Margin"/> still counts.
    /// </summary>
    public TextList? RefreshIn { get; set; }

    /// <summary>Where the refresh token's own lifetime is, in seconds, such as <c>body.refresh_token_expires_in</c>.</summary>
    public TextList? RefreshTokenExpiresIn { get; set; }

    /// <summary>Where the instant of the refresh token's expiry is.</summary>
    public TextList? RefreshTokenExpiresAt { get; set; }

    /// <summary>Named values to keep; kept from before where an answer does not have them.</summary>
    public ResponseValueList Values { get; set => field = value ?? throw new ArgumentNullException(nameof(value)); } = [];

    /// <summary>Where the error code is.</summary>
    /// <value><c>body.error</c> by default.</value>
    public TextList? Error { get; set; }

    /// <summary>Where the server says in words what failed. The exception, the log and the dashboard quote it without secrets, 300 characters at most.</summary>
    /// <value><c>body.error_description</c> by default.</value>
    public TextList? ErrorDescription { get; set; }

    /// <summary>
    /// By how much a success without a token extends the present one, counted from the answer. A year at most is used. Where
    /// nothing is written, an answer without a token is a failure.
    /// </summary>
    /// <value>From 1 second to 36,525 days; none by default.</value>
    public TimeSpan? Prolong { get; set; }
}
