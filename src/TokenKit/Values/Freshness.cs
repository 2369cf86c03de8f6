namespace TokenKit.Values;

/// <summary>Whether a token is to be handed out, renewed or waited for.</summary>
internal enum Freshness
{
    /// <summary>Handed out.</summary>
    Fresh,

    /// <summary>Handed out, and at most one refresh runs in the background.</summary>
    Due,

    /// <summary>Callers wait for the one flight.</summary>
    Expired,
}
