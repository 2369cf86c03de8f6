namespace TokenKit;

/// <summary>What somebody who wants to refresh a key asks of its lease, and what it knows of the key.</summary>
/// <remarks>
/// So that one round trip adopts what others have stored or begins a refresh: the lease is taken only where what is known is still what is
/// stored, and where no wait stands against a refresh. Immutable.
/// </remarks>
public sealed record LeaseRequest
{
    /// <summary>Asks for the lease whatever is stored; waits stand against it.</summary>
    /// <param name="duration">
    /// From now, by the provider's clock. At least the total request deadline, the persist budget and a margin together.
    /// </param>
    /// <exception cref="ArgumentOutOfRangeException">The duration is zero or less.</exception>
    public LeaseRequest(TimeSpan duration)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(duration, TimeSpan.Zero);
        Duration = duration;
    }

    /// <summary>How long the lease is to last, from now by the provider's clock.</summary>
    public TimeSpan Duration { get; }

    /// <summary>
    /// The <see cref="SecretEntry.Version"/> that the caller knows; zero where it knows that nothing is stored. The lease is taken only
    /// while this is still what is stored. <see langword="null"/>, the default, takes it whatever is stored, and the answer says what that is.
    /// </summary>
    public long? KnownVersion { get; init; }

    /// <summary>
    /// Whether the lease is taken although the last holder left a wait (<see cref="RefreshState.NotBefore"/>); not by default. Whom a wait
    /// concerns is the caller's to judge, by the state that the answer brings, and not the store's.
    /// </summary>
    public bool OverridesWait { get; init; }

    /// <summary>What the answer is: one order of the conditions for every store.</summary>
    /// <param name="storedVersion">The version that is stored; zero for nothing.</param>
    /// <param name="isHeld">Whether somebody else holds the lease.</param>
    /// <param name="state">What the last holder left, with the wait that is left of it.</param>
    internal LeaseOutcome Judge(long storedVersion, bool isHeld, RefreshState state) =>
        KnownVersion is { } known && known != storedVersion ? LeaseOutcome.Changed
        : isHeld ? LeaseOutcome.Held
        : !OverridesWait && state.NotBefore > TimeSpan.Zero ? LeaseOutcome.Waiting
        : LeaseOutcome.Taken;
}
