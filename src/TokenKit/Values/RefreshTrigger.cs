namespace TokenKit;

/// <summary>Why a refresh was started.</summary>
public enum RefreshTrigger
{
    /// <summary>The default value; nothing here has it.</summary>
    Unknown,

    /// <summary>No token was known.</summary>
    Missing,

    /// <summary>The token had expired.</summary>
    Expired,

    /// <summary>The token was due for renewal and still usable.</summary>
    Ahead,

    /// <summary>The scheduler's time had come.</summary>
    Scheduled,

    /// <summary>The API refused the token.</summary>
    Rejected,

    /// <summary>Someone asked.</summary>
    Requested,
}
