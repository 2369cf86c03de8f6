namespace TokenKit;

/// <summary>
/// The ids of the package's log messages: 1320 to 1339, of the range of the stores. An id never changes its meaning once it is
/// released, and is never used again; its name is the name of the event.
/// </summary>
internal static class PostgreSqlEventIds
{
    public const int ChangesNotHeard = 1320;
    public const int ChangesHeardAgain = 1321;
    public const int NoticeNotOpened = 1322;
}
