namespace TokenKit;

/// <summary>
/// With both requests present, when the one that needs only credentials is used: the values of
/// <see cref="TokenRefreshOptions.RequestWhen"/>.
/// </summary>
public enum RequestWhen
{
    /// <summary>When something that the refresh request reads is missing. <c>refresh-missing</c> in configuration.</summary>
    RefreshMissing,

    /// <summary>Likewise, and when the server rejected the refresh token. <c>refresh-missing-or-rejected</c> in configuration.</summary>
    RefreshMissingOrRejected,

    /// <summary>Never. <c>never</c> in configuration.</summary>
    Never,
}
