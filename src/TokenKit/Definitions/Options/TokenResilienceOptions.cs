namespace TokenKit;

/// <summary>Deadlines and attempts of a refresh.</summary>
public sealed class TokenResilienceOptions
{
    /// <summary>
    /// From before the lease to the last byte of the last attempt's answer; 100 milliseconds to 10 minutes; 30 seconds by
    /// default.
    /// </summary>
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// Requests of one refresh at the most; 1 to 10; 3 by default. 1 also stops the one retry after an answer that was lost.
    /// A refresh ahead of expiry, for which nobody waits, sends one and leaves the next to a later refresh.
    /// </summary>
    public int Attempts { get; set; } = 3;

    /// <summary>
    /// How long the server accepts a refresh token again after it rotated it; 0 (the default: unknown or not at all) to 30
    /// days.
    /// </summary>
    public TimeSpan ReuseGrace { get; set; }

    /// <summary>
    /// How long writing a new token set may take, from when the store has a connection for it; 100 milliseconds to 10 minutes;
    /// 10 seconds by default.
    /// </summary>
    public TimeSpan PersistBudget { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// What the lease is longer than <see cref="Timeout"/> and <see cref="PersistBudget"/> together; 100 milliseconds to 5
    /// minutes; 5 seconds by default.
    /// </summary>
    public TimeSpan LeaseMargin { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// The longest pause between two attempts to write; 10 milliseconds to 1 minute and at most
    /// <see cref="PersistBudget"/>; 1 second by default.
    /// </summary>
    public TimeSpan PersistRetryCap { get; set; } = TimeSpan.FromSeconds(1);
}
