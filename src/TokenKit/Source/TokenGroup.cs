using System.Runtime.CompilerServices;
using TokenKit.Definitions;
using TokenKit.Placement;

namespace TokenKit.Source;

/// <summary>What all keys of one registration share, so that a hundred thousand subjects need not hold it each.</summary>
internal sealed class TokenGroup
{
    // More would not be felt: a lock is held for a few statements, and only around flights and failures, never on a hit.
    private const int Locks = 32;

    // The last one made. Two threads may make one at once; either will do.
    private volatile PlacedScheme? _scheme;

    private readonly Lock[] _locks = [.. Enumerable.Range(0, Locks).Select(static _ => new Lock())];

    public TokenGroup(string name, ISlotRecords records, TimeProvider time) =>
        (Name, Records, Frequency) = (name, records, time.TimestampFrequency);

    /// <summary>The token name.</summary>
    public string Name { get; }

    /// <summary>Of the monotonic clock, in ticks a second.</summary>
    public long Frequency { get; }

    /// <summary>What tokens keep of their placement, where that is a scheme and the token.</summary>
    public PlacedScheme SchemeOf(PlacementDefinition placement, string scheme) =>
        _scheme is { } known && ReferenceEquals(known.Placement, placement) && known.Scheme == scheme
            ? known
            : _scheme = new PlacedScheme(placement, scheme);

    /// <summary>Where the token sets of its keys are stored.</summary>
    public ISlotRecords Records { get; }

    /// <summary>The lock of a slot, which it has in common with others: nothing is done under it that takes another slot's.</summary>
    public Lock LockOf(TokenSlot slot) => _locks[(uint)RuntimeHelpers.GetHashCode(slot) % Locks];
}
