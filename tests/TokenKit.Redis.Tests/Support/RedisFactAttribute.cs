namespace TokenKit.Redis.Tests;

/// <summary>A test that starts a Redis: skipped with the reason where none is installed, unless it must run.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class RedisFactAttribute : FactAttribute
{
    public RedisFactAttribute() => Skip = RedisServer.IsRequired ? null : RedisServer.Missing;
}

/// <summary>As <see cref="RedisFactAttribute"/>, for theories.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class RedisTheoryAttribute : TheoryAttribute
{
    public RedisTheoryAttribute() => Skip = RedisServer.IsRequired ? null : RedisServer.Missing;
}
