using System.Diagnostics.CodeAnalysis;

namespace TokenKit;

/// <summary>Hands out the usable token of one registration. Resolved as a keyed service by the token name.</summary>
/// <remarks>
/// A singleton; all members may be called by many threads at once. A token that is still usable is handed out at once,
/// without a lock, an await or an allocation; concurrent callers who must wait share one refresh, and the cancellation of
/// one concerns that one alone. A caller waits for <c>Resilience:Timeout</c> at most; the refresh goes on without it.
/// </remarks>
/// <example>
/// <code>
/// public sealed class OrderImport([FromKeyedServices("crm")] ITokenSource crm)
/// {
///     public async Task RunAsync(CancellationToken cancellationToken)
///     {
///         AccessToken token = await crm.GetTokenAsync(cancellationToken);
///     }
/// }
/// </code>
/// From an <see cref="IServiceProvider"/> it is <c>services.GetTokenSource("crm")</c>, which names the registered tokens where
/// there is none of that name.
/// </example>
public interface ITokenSource
{
    /// <summary>The token name of the registration.</summary>
    string Name { get; }

    /// <summary>Returns a usable token: from memory, else from the store, else by a refresh.</summary>
    /// <param name="cancellationToken">Ends this caller's waiting; a refresh under way goes on.</param>
    /// <returns>A token that was usable when it was handed out.</returns>
    /// <exception cref="TokenRefreshException">No usable token exists and none could be obtained.</exception>
    /// <exception cref="TokenRingException">The caller runs inside a refresh that this token's refresh waits for, or inside that one itself.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was cancelled.</exception>
    ValueTask<AccessToken> GetTokenAsync(CancellationToken cancellationToken = default);

    /// <summary>Returns a usable token that also meets a demand.</summary>
    /// <param name="demand">Whose token, and what is asked of it.</param>
    /// <param name="cancellationToken">Ends this caller's waiting; a refresh under way goes on.</param>
    /// <returns>A token that was usable when it was handed out.</returns>
    /// <exception cref="TokenRefreshException">No usable token exists and none could be obtained.</exception>
    /// <exception cref="TokenRingException">The caller runs inside a refresh that this token's refresh waits for, or inside that one itself.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was cancelled.</exception>
    ValueTask<AccessToken> GetTokenAsync(TokenDemand demand, CancellationToken cancellationToken = default);

    /// <summary>Returns the registration's own token if it is in memory and usable; never reads the store, never starts a refresh.</summary>
    /// <param name="token">The token.</param>
    /// <returns><see langword="true"/> when a usable token is in memory.</returns>
    bool TryGetCached([NotNullWhen(true)] out AccessToken? token) => TryGetCached("", out token);

    /// <summary>Returns the token of a subject if it is in memory and usable; never reads the store, never starts a refresh.</summary>
    /// <param name="subject">Whose token; empty where the registration serves one. At most 256 characters.</param>
    /// <param name="token">The token.</param>
    /// <returns><see langword="true"/> when a usable token is in memory.</returns>
    /// <exception cref="ArgumentException"><paramref name="subject"/> has more than 256 characters.</exception>
    bool TryGetCached(string subject, [NotNullWhen(true)] out AccessToken? token);

    /// <summary>Puts in a refresh token, an access token or both, which a person obtained. No running refresh overwrites it.</summary>
    /// <param name="seed">The tokens and whose they are.</param>
    /// <param name="cancellationToken">Cancels before the store was written; afterwards it has no effect.</param>
    /// <returns>
    /// <see langword="true"/> when it was stored; <see langword="false"/> when a newer token set was there and
    /// <see cref="TokenSeed.Overwrite"/> did not say to replace it.
    /// </returns>
    /// <exception cref="TokenRefreshException">The store could not be written, or the secret is locked.</exception>
    ValueTask<bool> SeedAsync(TokenSeed seed, CancellationToken cancellationToken = default);

    /// <summary>Removes the registration's own token from the store and from memory. It does not revoke anything at the server.</summary>
    /// <param name="cancellationToken">Cancels before the store was written; afterwards it has no effect.</param>
    /// <returns><see langword="true"/> when something was stored.</returns>
    /// <exception cref="TokenRefreshException">The store could not be written, or the secret is locked.</exception>
    ValueTask<bool> ForgetAsync(CancellationToken cancellationToken = default) => ForgetAsync("", cancellationToken);

    /// <summary>Removes the token of a subject from the store and from memory. It does not revoke anything at the server.</summary>
    /// <param name="subject">Whose token; empty where the registration serves one. At most 256 characters.</param>
    /// <param name="cancellationToken">Cancels before the store was written; afterwards it has no effect.</param>
    /// <returns><see langword="true"/> when something was stored.</returns>
    /// <exception cref="TokenRefreshException">The store could not be written, or the secret is locked.</exception>
    /// <exception cref="ArgumentException"><paramref name="subject"/> has more than 256 characters.</exception>
    ValueTask<bool> ForgetAsync(string subject, CancellationToken cancellationToken = default);
}
