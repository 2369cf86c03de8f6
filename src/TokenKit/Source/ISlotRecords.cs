using TokenKit.Values;

namespace TokenKit.Source;

/// <summary>What a slot asks of the record that its token set is stored in, and that other slots may share with it.</summary>
internal interface ISlotRecords
{
    /// <summary>Whether something of it waits to be written, whoever obtained that.</summary>
    bool HasUnsaved(TokenKey key);

    /// <summary>
    /// Allows a refresh that an API's refusal forces, unless one was forced less than an interval ago for a token that it would end.
    /// </summary>
    bool TryForce(TokenKey key, TimeSpan interval, ClockReading now, TimeProvider time);

    /// <summary>Whether the definition limits requests and allows none yet.</summary>
    bool HoldsRequests(TokenKey key, ClockReading now, TimeProvider time);

    /// <summary>It was replaced or removed, or nobody has asked for it for a long time.</summary>
    void Forget(TokenKey key);
}
