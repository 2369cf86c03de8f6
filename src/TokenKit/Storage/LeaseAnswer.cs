namespace TokenKit;

/// <summary>How an attempt to take a lease ended.</summary>
public enum LeaseOutcome
{
    /// <summary>The default value; nothing here has it.</summary>
    Unknown,

    /// <summary>The lease is taken: nothing else is stored than what was known.</summary>
    Taken,

    /// <summary>
    /// Something else is stored than what was known, or nothing any more, or it is locked (<see cref="SecretEntry.IsLocked"/>): the lease is
    /// not taken, whoever holds it.
    /// </summary>
    Changed,

    /// <summary>Another holder has the lease.</summary>
    Held,

    /// <summary>Nobody holds the lease, and the last holder left a wait that is not over.</summary>
    Waiting,
}

/// <summary>The answer to somebody who wants a lease.</summary>
/// <remarks>Made by <see cref="Taken"/> and its likes; what belongs to another outcome is <see langword="null"/>.</remarks>
public readonly record struct LeaseAnswer
{
    private LeaseAnswer(LeaseOutcome outcome, RefreshLease? lease, SecretEntry? entry, RefreshState? state, long lastEpoch) =>
        (Outcome, Lease, Entry, State, LastEpoch) = (outcome, lease, entry, state, lastEpoch);

    /// <summary>Another holder has the lease.</summary>
    public static LeaseAnswer Held => new(LeaseOutcome.Held, null, null, null, 0);

    /// <summary>How it ended.</summary>
    public LeaseOutcome Outcome { get; }

    /// <summary>The lease, where it was taken.</summary>
    public RefreshLease? Lease { get; }

    /// <summary>
    /// What is stored, where that is not what was known: beside <see cref="LeaseOutcome.Changed"/>, and beside a lease that was asked for
    /// without <see cref="LeaseRequest.KnownVersion"/>. <see langword="null"/> where nothing is stored, and where the caller knows it.
    /// It is for adoption: whether a refresh may begin is decided by the lease alone.
    /// </summary>
    public SecretEntry? Entry { get; }

    /// <summary>What the last holder left, beside <see cref="LeaseOutcome.Waiting"/>.</summary>
    public RefreshState? State { get; }

    /// <summary>The largest epoch given out so far, beside <see cref="LeaseOutcome.Waiting"/>: what was written under it came after the state was left.</summary>
    public long LastEpoch { get; }

    /// <summary>The lease was taken.</summary>
    /// <param name="lease">The lease.</param>
    /// <param name="entry">What is stored, where the caller did not say what it knows.</param>
    /// <returns>The answer.</returns>
    public static LeaseAnswer Taken(RefreshLease lease, SecretEntry? entry)
    {
        ArgumentNullException.ThrowIfNull(lease);
        return new(LeaseOutcome.Taken, lease, entry, null, 0);
    }

    /// <summary>Something else is stored than what the caller knows.</summary>
    /// <param name="entry">What is stored; <see langword="null"/> for nothing.</param>
    /// <returns>The answer.</returns>
    public static LeaseAnswer Changed(SecretEntry? entry) => new(LeaseOutcome.Changed, null, entry, null, 0);

    /// <summary>A wait stands against it.</summary>
    /// <param name="state">What the last holder left, with the wait that is left of it.</param>
    /// <param name="lastEpoch">The largest epoch given out so far.</param>
    /// <returns>The answer.</returns>
    public static LeaseAnswer Waiting(RefreshState state, long lastEpoch)
    {
        ArgumentNullException.ThrowIfNull(state);
        return new(LeaseOutcome.Waiting, null, null, state, lastEpoch);
    }

    /// <summary>Returns the outcome, never a value.</summary>
    /// <returns>A text for messages.</returns>
    public override string ToString() => Outcome.ToString();
}

/// <summary>Whether a lease is still held, and what is stored meanwhile.</summary>
public readonly record struct LeaseRenewal
{
    /// <summary><see langword="false"/> when it was given back, or lost to another holder.</summary>
    public required bool IsHeld { get; init; }

    /// <summary>What is stored; <see langword="null"/> for nothing.</summary>
    public required SecretEntry? Entry { get; init; }

    /// <summary>Returns whether the lease is held, never a value.</summary>
    /// <returns>A text for messages.</returns>
    public override string ToString() => IsHeld ? "held" : "lost";
}
