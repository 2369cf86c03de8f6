namespace TokenKit;

/// <summary>Deadlines and attempts of a refresh.</summary>
public sealed class TokenResilienceOptions
{
    /// <summary>
    /// The longest that a caller waits, and the deadline of a refresh: from before the lease to the last byte of the last attempt's
    /// answer. A request that is sent again after a lost answer has a deadline of its own and goes on behind the callers.
    /// </summary>
    /// <value>From 100 milliseconds to 10 minutes; 30 seconds by default.</value>
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// Requests of one refresh at the most; 1 also stops the one retry after an answer that was lost. A refresh ahead of
    /// expiry, for which nobody waits, sends one and leaves the next to a later refresh.
    /// </summary>
    /// <value>From 1 to 10; 3 by default.</value>
    public int Attempts { get; set; } = 3;

    /// <summary>How long the server accepts a refresh token again after it rotated it; 0 for unknown or not at all.</summary>
    /// <value>From 0 to 30 days; 0 by default.</value>
    public TimeSpan ReuseGrace { get; set; }

    /// <summary>How long writing a new token set may take, from when the store has a connection for it.</summary>
    /// <value>From 100 milliseconds to 10 minutes; 10 seconds by default.</value>
    public TimeSpan PersistBudget { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>What the lease is longer than <see cref="Timeout"/> and <see cref="PersistBudget"/> together.</summary>
    /// <value>From 100 milliseconds to 5 minutes; 5 seconds by default.</value>
    public TimeSpan LeaseMargin { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>The longest pause between two attempts to write; at most <see cref="PersistBudget"/>.</summary>
    /// <value>From 10 milliseconds to 1 minute; 1 second by default.</value>
    public TimeSpan PersistRetryCap { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>
    /// What these options say now. Flights read it without a lock, so it must not change when somebody goes on to set the options.
    /// A copy of the fields is enough, because each is a value.
    /// </summary>
    internal TokenResilienceOptions Snapshot() => (TokenResilienceOptions)MemberwiseClone();
}
