namespace TokenKit;

/// <summary>When a token is renewed. At most one of <see cref="RefreshAt"/>, <see cref="Margin"/> and <see cref="Every"/>.</summary>
public sealed class TokenFreshnessOptions
{
    /// <summary>The share of the lifetime after which the token is due; above 0 and below 1; 0.75 by default.</summary>
    public double? RefreshAt { get; set; }

    /// <summary>How long before expiry the token is due; 1 second to 365 days. None by default.</summary>
    public TimeSpan? Margin { get; set; }

    /// <summary>How long after it was obtained the token is due; 1 second to 365 days. None by default.</summary>
    public TimeSpan? Every { get; set; }

    /// <summary>
    /// For servers that refuse early refresh: a duration before expiry; sooner nothing is asked. 1 second to 365 days. None
    /// by default.
    /// </summary>
    public TimeSpan? NotBefore { get; set; }

    /// <summary>By which share the due instant is moved at random, drawn once; 0 to 0.5; 0.1 by default.</summary>
    public double Jitter { get; set; } = 0.1;

    /// <summary>
    /// Whether the host is ready only when the token is; <see langword="false"/> by default. Concerns the token without a
    /// subject. A transient failure is tried again until it passes; any other stops the start.
    /// </summary>
    public bool AtStart { get; set; }

    /// <summary>
    /// Renews at least this often without traffic, for refresh tokens that die when nobody uses them; 1 minute to 365 days.
    /// None by default. Tokens with a subject are renewed without traffic only by this.
    /// </summary>
    public TimeSpan? KeepAlive { get; set; }

    /// <summary>The shortest time between two refreshes that an API's 401 forces; 0 to 1 day; 30 seconds by default.</summary>
    public TimeSpan MinimumRefreshInterval { get; set; } = TimeSpan.FromSeconds(30);
}
