namespace TokenKit;

/// <summary>When a token is renewed. At most one of <see cref="RefreshAt"/>, <see cref="Margin"/> and <see cref="Every"/>.</summary>
public sealed class TokenFreshnessOptions
{
    /// <summary>What <see cref="RefreshAt"/> means where nothing is written.</summary>
    internal const double StandardShare = 0.75;

    /// <summary>The share of the lifetime after which the token is due.</summary>
    /// <value>Above 0 and below 1; 0.75 by default.</value>
    public double? RefreshAt { get; set; }

    /// <summary>How long before expiry the token is due.</summary>
    /// <value>From 1 second to 365 days; none by default.</value>
    public TimeSpan? Margin { get; set; }

    /// <summary>How long after it was obtained the token is due.</summary>
    /// <value>From 1 second to 365 days; none by default.</value>
    public TimeSpan? Every { get; set; }

    /// <summary>
    /// For servers that refuse early refresh: how long before expiry a refresh is allowed. Sooner nothing is asked.
    /// </summary>
    /// <value>From 1 second to 365 days; none by default.</value>
    public TimeSpan? NotBefore { get; set; }

    /// <summary>The share by which the due instant is moved at random, drawn once.</summary>
    /// <value>From 0 to 0.5; 0.1 by default.</value>
    public double Jitter { get; set; } = 0.1;

    /// <summary>
    /// Whether the host is ready only when the token is. This is about the token without a subject. A transient failure is
    /// tried again until it passes; any other stops the start.
    /// </summary>
    /// <value><see langword="false"/> by default.</value>
    public bool AtStart { get; set; }

    /// <summary>
    /// Renews at least this often without traffic, for refresh tokens that die when nobody uses them. Tokens with a subject are
    /// renewed without traffic only by this.
    /// </summary>
    /// <value>From 1 minute to 365 days; none by default.</value>
    public TimeSpan? KeepAlive { get; set; }

    /// <summary>The shortest time between two refreshes that an API's 401 forces.</summary>
    /// <value>From 0 to 1 day; 30 seconds by default.</value>
    public TimeSpan MinimumRefreshInterval { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// For servers that limit logins ("one token an hour"): the shortest time between two requests for a token, by all processes that
    /// share the store, whatever they are for: a due token, an API's 401, a forced refresh, a token that was lost, another seed,
    /// secret or definition. A token is never due sooner. Callers without a usable token fail meanwhile with
    /// <see cref="RefreshFailureReason.Throttled"/>, and <see cref="RefreshFailure.RetryAfter"/> says for how long. A request that
    /// failed counts, unless it certainly never left; a renewal that is refused and the login in its place count as one, and so do
    /// the steps of one login. Registrations that share a record must all have it.
    /// </summary>
    /// <value>From 1 second to 365 days; none by default.</value>
    public TimeSpan? AtMostEvery { get; set; }

    /// <summary>
    /// How long a token must still live when a caller gets it, by a call of an <c>HttpClient</c> or from an
    /// <see cref="ITokenSource"/>: what <see cref="TokenDemand.MinimumValidity"/> asks for one demand, of which the larger
    /// counts. Where the server's whole lifetime is shorter, one refresh is made and what came is accepted.
    /// </summary>
    /// <value>From 0 to 1 day; 0 by default.</value>
    public TimeSpan MinimumValidity { get; set; }

    /// <summary>
    /// What these options say now. Flights read it without a lock, so it must not change when somebody goes on to set the options.
    /// A copy of the fields is enough, because each is a value.
    /// </summary>
    internal TokenFreshnessOptions Snapshot()
    {
        var snapshot = (TokenFreshnessOptions)MemberwiseClone();

        // It no longer matters whether it was written.
        snapshot.RefreshAt ??= StandardShare;
        return snapshot;
    }
}
