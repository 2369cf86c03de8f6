namespace TokenKit;

/// <summary>Gives out the right to refresh a key, one holder at a time, with an epoch that only grows.</summary>
/// <remarks>
/// Implemented by the object that also is the <see cref="ISecretStore"/> of the token set, since lease and fenced write
/// must agree. Calls overlap. No connection and no lock of a pool is held between calls.
/// </remarks>
public interface IRefreshLeaseProvider
{
    /// <summary>
    /// Tries to take the lease of a key, in one step with a look at what is stored; does not wait for another holder. It is not taken where
    /// something else is stored than <see cref="LeaseRequest.KnownVersion"/>, where another holder has it, and where a wait stands against
    /// it; of several reasons the first of these is told.
    /// </summary>
    /// <param name="key">The key of the token set.</param>
    /// <param name="request">For how long, and what is known.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    /// <returns>The lease, or what stands against it.</returns>
    /// <exception cref="SecretDamagedException">Something is stored and cannot be read; the lease is free.</exception>
    ValueTask<LeaseAnswer> TryAcquireAsync(SecretKey key, LeaseRequest request, CancellationToken cancellationToken = default);

    /// <summary>
    /// Draws a new epoch for the key without waiting for a holder: whatever is written afterwards under an older one is refused.
    /// For a seed or a removal, which must win over the refresh that it overtakes; and for a refresh that was refused although
    /// nothing was written, since whoever drew the epoch may have failed.
    /// </summary>
    /// <param name="key">The key of the token set.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    /// <returns>An epoch larger than any given out for the key before.</returns>
    ValueTask<long> AdvanceEpochAsync(SecretKey key, CancellationToken cancellationToken = default);
}
