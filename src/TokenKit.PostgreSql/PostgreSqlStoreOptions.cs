namespace TokenKit;

/// <summary>Where in a database the secrets are kept, and how.</summary>
public sealed class PostgreSqlStoreOptions
{
    /// <summary>
    /// The schema; <c>tokenkit</c> by default. 1 to 63 letters of ASCII, digits and underscores, not beginning with a digit;
    /// taken as it is written, capitals included.
    /// </summary>
    public string Schema { get; set; } = "tokenkit";

    /// <summary>The table; <c>secrets</c> by default. As <see cref="Schema"/>, and at most 50 characters.</summary>
    public string Table { get; set; } = "secrets";

    /// <summary>
    /// Whether the first use creates what is missing; off by default. For development: in production the role of the program
    /// should not own its tables. See <see cref="PostgreSqlSecretStore.CreateSchemaAsync"/> and <see cref="PostgreSqlSchema"/>.
    /// </summary>
    public bool CreateSchema { get; set; }

    /// <summary>
    /// Whether writes of token sets are told by <c>NOTIFY</c>, and those of other processes heard by <c>LISTEN</c>, so that a copy
    /// in memory is dropped at once and not when it is due; off by default. One connection of the pool stays open for it, and
    /// must be the server's own: a pooler in transaction mode hands on what it is told, and nothing is heard through it. What is told is
    /// sealed: other roles of the database read neither names nor subjects, and cannot tell of a change that was not.
    /// </summary>
    public bool NotifyChanges { get; set; }

    /// <summary>
    /// How long one statement may take; 10 seconds by default, 1 second to 5 minutes, in whole seconds. A statement takes
    /// milliseconds; the time to get a connection is the data source's own <c>Timeout</c>.
    /// </summary>
    public TimeSpan CommandTimeout { get; set; } = TimeSpan.FromSeconds(10);
}
