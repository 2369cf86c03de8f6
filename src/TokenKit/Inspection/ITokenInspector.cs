namespace TokenKit;

/// <summary>
/// Shows what this process knows of the tokens of one registration. Resolved as a keyed service by the token name.
/// </summary>
/// <remarks>
/// Read-only: it never reads the store, never starts a refresh, and nothing it returns holds a token. A singleton, safe for
/// many threads. What it returns are snapshots. A subject that this process has not served, or not for a while, is not in it.
/// </remarks>
/// <example>
/// <code>
/// var inspector = services.GetRequiredKeyedService&lt;ITokenInspector&gt;("crm");
/// Console.WriteLine(inspector.GetStatus().NextAttemptAt);
/// </code>
/// </example>
public interface ITokenInspector
{
    /// <summary>The token name of the registration.</summary>
    string Name { get; }

    /// <summary>Returns the state of one key.</summary>
    /// <param name="subject">Whose token; empty where the registration serves one. At most 256 characters.</param>
    /// <returns>The state; that of a key nobody has used yet where this process knows nothing of the subject.</returns>
    /// <exception cref="ArgumentException"><paramref name="subject"/> has more than 256 characters.</exception>
    TokenStatus GetStatus(string subject = "");

    /// <summary>Returns the states of the keys in use, ordered by subject.</summary>
    /// <param name="contains">Part of the subjects to return, compared without case; all by default.</param>
    /// <param name="skip">How many to pass over; zero or more.</param>
    /// <param name="take">How many to return at the most; 1 to 1,000; 100 by default.</param>
    /// <returns>A page of states.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="skip"/> or <paramref name="take"/> is out of range.</exception>
    TokenStatusPage GetStatuses(string? contains = null, int skip = 0, int take = 100);

    /// <summary>Returns the last refreshes of one key, the newest first: at most 50.</summary>
    /// <param name="subject">Whose token; empty where the registration serves one. At most 256 characters.</param>
    /// <returns>The refreshes; of subjects, only the thousand that were refreshed last have any.</returns>
    /// <exception cref="ArgumentException"><paramref name="subject"/> has more than 256 characters.</exception>
    IReadOnlyList<RefreshRecord> GetRefreshes(string subject = "");
}
