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
