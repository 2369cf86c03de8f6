namespace TokenKit;

/// <summary>What can happen to a token.</summary>
public enum TokenEventKind
{
    /// <summary>The default value; nothing here has it.</summary>
    Unknown,

    /// <summary>A refresh brought a new token, or took over what another process had obtained.</summary>
    Refreshed,

    /// <summary>A refresh failed. The present token may work still.</summary>
    RefreshFailed,

    /// <summary>
    /// The server said that the stored grant is no good, or that it wants a person, who must consent again. Told once, until a
    /// refresh succeeds.
    /// </summary>
    ReauthorizationRequired,

    /// <summary>
    /// The new token set could not be stored. It is served, and written again until the store takes it; a crash before that
    /// loses the grant.
    /// </summary>
    RotationNotPersisted,
}
