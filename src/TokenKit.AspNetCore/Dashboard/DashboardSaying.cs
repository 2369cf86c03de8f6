namespace TokenKit;

/// <summary>What the page says after the button was pressed: a closed set, so that a link can make it say nothing else.</summary>
internal static class DashboardSaying
{
    public const string Refreshed = "refreshed";
    public const string Adopted = "adopted";
    public const string Recent = "recent";
    public const string Failed = "failed";
    public const string TooMany = "too-many";
    public const string Refused = "refused";
    public const string Locked = "locked";

    public static string? For(string? code) => code switch
    {
        Refreshed => "Refreshed.",
        Adopted => "Another machine had a newer token; it is used now.",
        Recent => "It was refreshed a moment ago; nothing was sent.",
        Failed => "The refresh failed. The token says why.",
        TooMany => "So many refreshes were started that this one was not. Try again in a minute.",
        Refused => "There is no such token that you may refresh.",
        Locked => "The secret is locked; nothing was sent.",
        _ => null,
    };
}
