using System.Globalization;
using StackExchange.Redis;

namespace TokenKit;

/// <summary>A condition, and what else a script takes, as its arguments.</summary>
internal static class ConditionText
{
    // Beyond what any server means, and within what a script counts with.
    private static readonly TimeSpan Longest = TimeSpan.FromDays(36_500);

    /// <exception cref="ArgumentOutOfRangeException">A script does not count so far.</exception>
    public static RedisValue[] Of(SecretCondition condition)
    {
        var isFenced = condition.Kind is SecretConditionKind.WrittenBefore;
        if (isFenced && (condition.Number >= RedisScripts.Largest || condition.Sequence > RedisScripts.Largest))
        {
            throw new ArgumentOutOfRangeException(nameof(condition), $"Scripts of Redis count exactly to {RedisScripts.Largest} (2^53), and no epoch or sequence may be beyond.");
        }

        return
        [
            condition.Kind switch
            {
                SecretConditionKind.Any => "any",
                SecretConditionKind.Absent => "absent",
                SecretConditionKind.IfVersion => "version",
                _ => "fenced",
            },
            Text(condition.Number),
            Text(condition.Sequence),
        ];
    }

    public static RedisValue Microseconds(TimeSpan? span) =>
        span is { } time ? Text(Math.Clamp(time.Ticks, -Longest.Ticks, Longest.Ticks) / TimeSpan.TicksPerMicrosecond) : RedisValue.EmptyString;

    public static RedisValue Instant(DateTimeOffset? instant) =>
        instant is { } time ? Text((time - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond) : RedisValue.EmptyString;

    public static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
