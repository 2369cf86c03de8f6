using TokenKit.PrivatePostgreSql;

namespace TokenKit.PostgreSql.Tests;

/// <summary>
/// A test that stops, kills or looks into a server and so needs one of its own, whatever <c>TOKENKIT_POSTGRES</c> says:
/// skipped with the reason where none can be started, unless it must run.
/// </summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class PrivateServerFactAttribute : FactAttribute
{
    public PrivateServerFactAttribute()
    {
        if (!TestDatabase.IsRequired)
        {
            Skip = PrivateServer.Missing;
        }
    }
}

/// <summary>As <see cref="PostgreSqlFactAttribute"/>, for tests that measure times: only with <c>TOKENKIT_LONG=1</c>.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class LongPostgreSqlFactAttribute : FactAttribute
{
    public LongPostgreSqlFactAttribute()
    {
        if (!LongRun.IsWanted)
        {
            Skip = "Measures times, which a busy machine has not: runs with TOKENKIT_LONG=1.";
        }
        else if (!TestDatabase.IsRequired)
        {
            Skip = TestDatabase.Missing;
        }
    }
}
