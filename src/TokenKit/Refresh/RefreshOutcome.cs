namespace TokenKit;

/// <summary>How a refresh ended.</summary>
public enum RefreshOutcome
{
    /// <summary>The server gave a new token.</summary>
    Refreshed,

    /// <summary>The store held a token set that another instance had obtained; it was adopted without a request.</summary>
    Adopted,

    /// <summary>No new token; see <see cref="RefreshResult.Failure"/>.</summary>
    Failed,
}
