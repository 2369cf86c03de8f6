namespace TokenKit;

/// <summary>Where in a database the secrets are kept, and how.</summary>
public sealed class RelationalStoreOptions
{
    /// <summary>
    /// The table; <c>tokenkit_secrets</c> by default. 1 to 50 letters of ASCII, digits and underscores, not beginning with a digit; the
    /// name of a schema, in MySQL of a database, and a dot may stand before it.
    /// </summary>
    public string Table { get; set; } = "tokenkit_secrets";

    /// <summary>
    /// How long one step may take; 10 seconds by default, 1 second to 5 minutes, in whole seconds. A step takes milliseconds; the time
    /// to get a connection is the data source's own.
    /// </summary>
    public TimeSpan CommandTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// Whether the first use creates what is missing; off by default. For development, and for a file of SQLite that is the program's own:
    /// on a server the user of the program should not own its tables. See <see cref="RelationalSchema"/>.
    /// </summary>
    public bool CreateSchema { get; set; }
}
