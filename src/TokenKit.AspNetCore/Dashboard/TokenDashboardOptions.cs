namespace TokenKit;

/// <summary>What <c>MapTokenDashboard</c> allows.</summary>
public sealed class TokenDashboardOptions
{
    /// <summary>
    /// How many refreshes may have been started in the last minute, by page and endpoints together, for the page's button to
    /// start another; 60 by default, at least 1. Joining a refresh that is under way is not limited.
    /// </summary>
    public int StartedRefreshesPerMinute
    {
        get;
        set
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, 1);
            field = value;
        }
    } = 60;
}
