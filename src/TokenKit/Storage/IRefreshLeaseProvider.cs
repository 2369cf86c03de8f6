namespace TokenKit;

/// <summary>Gives out the right to refresh a key, one holder at a time, with an epoch that only grows.</summary>
/// <remarks>
/// Implemented by the object that also is the <see cref="ISecretStore"/> of the token set, since lease and fenced write
/// must agree. Calls overlap. No connection and no lock of a pool is held between calls.
/// </remarks>
public interface IRefreshLeaseProvider
{
    /// <summary>Tries to take the lease of a key; does not wait for another holder.</summary>
    /// <param name="key">The key of the token set.</param>
    /// <param name="duration">
    /// From now, by the provider's clock. At least the total request deadline, the persist budget and a margin together.
    /// </param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    /// <returns>The lease, or <see langword="null"/> while another holder has it.</returns>
    ValueTask<RefreshLease?> TryAcquireAsync(SecretKey key, TimeSpan duration, CancellationToken cancellationToken = default);

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
