using System.Text.Json.Serialization;

namespace TokenKit;

/// <summary>What is to be written under a key, and what must hold for it.</summary>
/// <remarks>
/// Immutable. The times are for stores that list what they hold (<see cref="ISecretCatalog"/>); one that does not may leave them out,
/// and <see cref="AgeCountsFrom"/> where it gives its leases no <see cref="RefreshLease.GrantedAt"/>.
/// </remarks>
[JsonConverter(typeof(SecretJsonConverter<SecretWrite>))]
public sealed record SecretWrite
{
    // Beyond what any server means, and within what the instants of a store can hold.
    private static readonly TimeSpan Farthest = TimeSpan.FromDays(36_500);

    /// <summary>A value and what must hold.</summary>
    /// <param name="value">The bytes; not kept after the call returns.</param>
    /// <param name="condition">What must hold in the store.</param>
    public SecretWrite(ReadOnlyMemory<byte> value, SecretCondition condition) => (Value, Condition) = (value, condition);

    /// <summary>The bytes; not kept after the call returns.</summary>
    public ReadOnlyMemory<byte> Value { get; init; }

    /// <summary>What must hold in the store.</summary>
    public SecretCondition Condition { get; init; }

    /// <summary>
    /// The instant, by the store's own clock, from which the <see cref="SecretEntry.Age"/> of what is written counts;
    /// <see langword="null"/>, the default, for the moment at which it is written. It is <see cref="RefreshLease.GrantedAt"/>
    /// and what has certainly gone by since; an instant yet to come counts as the moment of the write. So the age of a value does not
    /// depend on how long its write was on the way.
    /// </summary>
    public DateTimeOffset? AgeCountsFrom { get; init; }

    /// <summary>
    /// In how long the token set is due for renewal, counted like its age; negative where it is overdue, <see langword="null"/> (the
    /// default) for what is never due. A century is taken for whatever lies beyond, either way.
    /// </summary>
    public TimeSpan? DueIn
    {
        get;
        init => field = Within(value);
    }

    /// <summary>As <see cref="DueIn"/>, when its access token expires; <see langword="null"/> for what does not end.</summary>
    public TimeSpan? ExpiresIn
    {
        get;
        init => field = Within(value);
    }

    /// <summary>Returns the length and the condition, never the value.</summary>
    /// <returns>A text for messages.</returns>
    public override string ToString() => $"{Value.Length} bytes, {Condition.Kind}";

    /// <summary>From when a value counts that is written now; never from later than now.</summary>
    internal DateTimeOffset CountedFrom(DateTimeOffset now) => AgeCountsFrom is { } from && from < now ? from : now;

    private static TimeSpan? Within(TimeSpan? span) =>
        span is { } time ? TimeSpan.FromTicks(Math.Clamp(time.Ticks, -Farthest.Ticks, Farthest.Ticks)) : null;
}
