using TokenKit.Storage;

namespace TokenKit;

/// <summary>The right to refresh one key, across everything that shares the store.</summary>
/// <remarks>
/// A lease may be lost while it is held: when it ran out, another holder may have a larger <see cref="Epoch"/>. The fenced
/// write decides, not the lease: <see cref="SecretCondition.WrittenBefore"/> refuses an older epoch.
/// </remarks>
public abstract class RefreshLease
{
    /// <summary>Makes a lease.</summary>
    /// <param name="epoch">Larger than any epoch given out for the key before; 1 or more.</param>
    /// <param name="isTakeover">Whether the previous lease ran out instead of being released.</param>
    /// <param name="state">What the last holder left.</param>
    protected RefreshLease(long epoch, bool isTakeover, RefreshState state)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(epoch, 1);
        ArgumentNullException.ThrowIfNull(state);
        (Epoch, IsTakeover, State) = (epoch, isTakeover, state);
    }

    /// <summary>Larger than any epoch given out for the key before.</summary>
    public long Epoch { get; }

    /// <summary>Whether the previous lease ran out instead of being released: its holder may still have a token in hand.</summary>
    public bool IsTakeover { get; }

    /// <summary>What the last holder left.</summary>
    public RefreshState State { get; }

    /// <summary>
    /// When the lease was given out, by the store's own clock. From it a write under the lease knows by that clock when it was
    /// made (see <see cref="SecretWrite.AgeCountsFrom"/>), so that one that lands late, after a pause of the process or of
    /// the network, makes no token look younger than it is. <see langword="null"/>, the default, for a store that does not say:
    /// ages then count from each write.
    /// </summary>
    public DateTimeOffset? GrantedAt { get; init; }

    /// <summary>Extends the lease, and says what is stored.</summary>
    /// <param name="duration">From now, by the provider's clock; more than zero.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    /// <returns>Whether it is still held. What is stored is told in either case.</returns>
    /// <exception cref="SecretDamagedException">Something is stored and cannot be read.</exception>
    public abstract ValueTask<LeaseRenewal> RenewAsync(TimeSpan duration, CancellationToken cancellationToken = default);

    /// <summary>Writes the key of the lease, and gives the lease back in the same step where a state is to be left.</summary>
    /// <remarks>
    /// Whether it is written is decided by epoch and sequence alone: a holder whose lease ran out may have the only copy of a refresh
    /// token. Its successor keeps its lease, and the state that it found. A write that is refused gives nothing back.
    /// </remarks>
    /// <param name="write">What is to be written; its condition is <see cref="SecretCondition.WrittenBefore"/>.</param>
    /// <param name="stateToLeave">What the next holder should know; <see langword="null"/> keeps the lease.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    /// <returns>How it ended and the version now stored.</returns>
    /// <exception cref="ArgumentException">The write has another condition.</exception>
    public abstract ValueTask<SecretWriteResult> WriteAsync(
        SecretWrite write, RefreshState? stateToLeave, CancellationToken cancellationToken = default);

    /// <summary>Gives the lease back and leaves a state for the next holder. Without effect when it was lost.</summary>
    /// <param name="state">What the next holder should know.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    /// <returns>A task that ends when it is given back.</returns>
    public abstract ValueTask ReleaseAsync(RefreshState state, CancellationToken cancellationToken = default);

    /// <summary>What <see cref="WriteAsync(SecretWrite, RefreshState?, CancellationToken)"/> of any lease begins with.</summary>
    /// <param name="write">What is to be written.</param>
    /// <exception cref="ArgumentException">Its condition is not <see cref="SecretCondition.WrittenBefore"/>.</exception>
    protected static void ThrowIfNotFenced(SecretWrite write)
    {
        ArgumentNullException.ThrowIfNull(write);
        if (write.Condition.Kind is not SecretConditionKind.WrittenBefore)
        {
            throw new ArgumentException("A write under a lease is fenced by epoch and sequence: SecretCondition.WrittenBefore.", nameof(write));
        }
    }

    // Overridden where calls wait for a connection.
    internal virtual ValueTask<LeaseRenewal> RenewAsync(TimeSpan duration, StoreTurn turn, CancellationToken cancellationToken)
    {
        turn.HasConnection?.Invoke();
        return RenewAsync(duration, cancellationToken);
    }

    internal virtual ValueTask<SecretWriteResult> WriteAsync(
        SecretWrite write, RefreshState? stateToLeave, StoreTurn turn, CancellationToken cancellationToken)
    {
        turn.HasConnection?.Invoke();
        return WriteAsync(write, stateToLeave, cancellationToken);
    }

    internal virtual ValueTask ReleaseAsync(RefreshState state, StoreTurn turn, CancellationToken cancellationToken)
    {
        turn.HasConnection?.Invoke();
        return ReleaseAsync(state, cancellationToken);
    }
}
