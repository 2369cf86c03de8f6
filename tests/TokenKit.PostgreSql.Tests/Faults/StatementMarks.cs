namespace TokenKit.PostgreSql.Tests;

/// <summary>What each statement of the store has and no other.</summary>
internal static class StatementMarks
{
    public const string Read = "SELECT pg_is_in_recovery()";
    public const string Write = "EXCLUDED.written_epoch >= s.fence_epoch";
    public const string Acquire = "lease_is_takeover = CASE";
    public const string Renew = "SET lease_until = clock_timestamp() + $3";
    public const string Release = "SET lease_epoch = 0";
    public const string Advance = "fence_epoch = greatest";
}
