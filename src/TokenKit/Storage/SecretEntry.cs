using System.Text.Json.Serialization;

namespace TokenKit;

/// <summary>A secret as a store holds it.</summary>
[JsonConverter(typeof(SecretJsonConverter<SecretEntry>))]
public sealed record SecretEntry
{
    /// <summary>The bytes that were written. Do not change them.</summary>
    public required ReadOnlyMemory<byte> Value { get; init; }

    /// <summary>Grows with every write of the key; never reused, not even after a removal.</summary>
    public required long Version { get; init; }

    /// <summary>The epoch under which the last fenced write came; zero where there was none.</summary>
    public long WrittenEpoch { get; init; }

    /// <summary>The sequence within <see cref="WrittenEpoch"/> of the last fenced write.</summary>
    public long WrittenSequence { get; init; }

    /// <summary>
    /// The time since that write, or since the instant it named (<see cref="SecretWrite.AgeCountsFrom"/>), by the store's
    /// own clock; never negative.
    /// </summary>
    public TimeSpan Age { get; init; }

    /// <summary>Whether it can be read and never written.</summary>
    public bool IsLocked { get; init; }

    /// <summary>Returns version and age, never the value.</summary>
    /// <returns>A text for messages.</returns>
    public override string ToString() => $"secret version {Version}, age {Age}{(IsLocked ? ", locked" : "")}";
}
