namespace TokenKit.Storage;

/// <summary>How urgent a call to a store is, the most urgent last. A store whose calls wait for a connection serves them in this order.</summary>
internal enum StoreUrgency
{
    /// <summary>Nobody waits for it.</summary>
    Background,

    /// <summary>A caller waits for a token.</summary>
    Caller,

    /// <summary>A lease is held: its time runs, and the only copy of a rotated refresh token may wait to be written.</summary>
    Held,

    /// <summary>The lease of a write that waits is extended. Behind that write it would always come too late.</summary>
    Renewal,
}
