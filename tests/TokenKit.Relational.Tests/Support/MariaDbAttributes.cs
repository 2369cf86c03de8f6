namespace TokenKit.Relational.Tests;

/// <summary>A test against a real MariaDB: skipped with the reason where there is none, unless it must run.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class MariaDbFactAttribute : FactAttribute
{
    public MariaDbFactAttribute()
    {
        if (!MariaDbServer.IsRequired)
        {
            Skip = MariaDbServer.Missing;
        }
    }
}

/// <summary>As <see cref="MariaDbFactAttribute"/>, for tests with data.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class MariaDbTheoryAttribute : TheoryAttribute
{
    public MariaDbTheoryAttribute()
    {
        if (!MariaDbServer.IsRequired)
        {
            Skip = MariaDbServer.Missing;
        }
    }
}
