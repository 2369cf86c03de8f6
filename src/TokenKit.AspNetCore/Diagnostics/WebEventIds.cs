namespace TokenKit;

/// <summary>
/// The ids of the package's log messages: 2000 to 2999. An id never changes its meaning once it is released, and is never used
/// again; its name is the name of the event.
/// </summary>
internal static class WebEventIds
{
    // 2000 to 2099: requests that carry a token.
    public const int InboundStoreUnavailable = 2000;

    // 2100 to 2199: consent.
    public const int ConsentGiven = 2100;
    public const int ConsentDeclined = 2101;
    public const int ConsentFailed = 2102;
}
