namespace TokenKit;

/// <summary>How a refresh ended.</summary>
public enum RefreshOutcome
{
    /// <summary>The default value; nothing here has it.</summary>
    Unknown,

    /// <summary>The server gave a new token.</summary>
    Refreshed,

    /// <summary>
    /// A token set that the store held, because another instance had obtained it, or that was in hand and could be placed only
    /// now, was taken without a request.
    /// </summary>
    Adopted,

    /// <summary>No new token; see <see cref="RefreshResult.Failure"/>.</summary>
    Failed,
}
