namespace TokenKit;

/// <summary>The door to the refresh pipeline of one registration. Resolved as a keyed service by the token name.</summary>
/// <remarks>
/// A singleton, safe for many threads. Whoever calls joins the key's one flight or starts it; nothing else reaches the
/// pipeline. A caller waits for <c>Resilience:Timeout</c> at most and then gets the reason
/// <see cref="RefreshFailureReason.TimedOut"/>; the refresh goes on without it.
/// </remarks>
public interface ITokenRefresher
{
    /// <summary>The token name of the registration.</summary>
    string Name { get; }

    /// <summary>Refreshes the registration's own token now, or joins the refresh that is under way.</summary>
    /// <param name="cancellationToken">Ends this caller's waiting; the refresh goes on.</param>
    /// <returns>What happened. Failures of the server, the answer and the store are results, not exceptions.</returns>
    /// <exception cref="TokenRingException">The caller runs inside a refresh that this one waits for, or inside this one itself.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was cancelled.</exception>
    ValueTask<RefreshResult> RefreshAsync(CancellationToken cancellationToken = default) => RefreshAsync("", cancellationToken);

    /// <summary>Refreshes the token of a subject now, or joins the refresh that is under way.</summary>
    /// <param name="subject">Whose token; empty where the registration serves one. At most 256 characters.</param>
    /// <param name="cancellationToken">Ends this caller's waiting; the refresh goes on.</param>
    /// <returns>What happened. Failures of the server, the answer and the store are results, not exceptions.</returns>
    /// <exception cref="TokenRingException">The caller runs inside a refresh that this one waits for, or inside this one itself.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was cancelled.</exception>
    /// <exception cref="ArgumentException"><paramref name="subject"/> has more than 256 characters.</exception>
    ValueTask<RefreshResult> RefreshAsync(string subject, CancellationToken cancellationToken = default);
}
