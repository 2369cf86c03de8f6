using System.Globalization;
using TokenKit.Language.Expressions;
using TokenKit.Language.Formats;

namespace TokenKit.Refresh.Map;

/// <summary>Reads how long a server asks to wait (RFC 9110 section 10.2.3): a number of seconds or a date.</summary>
internal static class RetryAfter
{
    public static TimeSpan Floor { get; } = TimeSpan.FromSeconds(1);

    public static TimeSpan Cap { get; } = TimeSpan.FromHours(1);

    /// <summary>Used for a 429 that says nothing, or nothing that can be read.</summary>
    public static TimeSpan Default { get; } = TimeSpan.FromMinutes(1);

    /// <summary>The wait that the answer's header asks for, within floor and cap, where it can be read.</summary>
    /// <param name="answer">The answer.</param>
    /// <param name="now">The local wall clock: a date can be compared with nothing else.</param>
    public static TimeSpan? Read(TokenAnswer answer, DateTimeOffset now) =>
        answer.Headers.GetValueOrDefault("Retry-After", []) is [{ } first, ..] ? Read(first, now) : null;

    /// <summary>The wait that a text asks for, within floor and cap, where it can be read.</summary>
    public static TimeSpan? Read(string text, DateTimeOffset now)
    {
        var value = text.Trim();
        if (value.Length > 0 && value.All(char.IsAsciiDigit))
        {
            // More digits than a long can hold are more than the cap.
            return long.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds)
                ? Within(TimeSpan.FromSeconds(Math.Min(seconds, (long)Cap.TotalSeconds)))
                : Cap;
        }

        return HttpDate.TryParse(value, out var date) ? Within(date - now)
            : DurationText.TryParse(value, out var duration) ? Within(duration)
            : null;
    }

    /// <summary>The wait, for the person on call.</summary>
    public static string Sentence(TimeSpan wait) =>
        string.Create(CultureInfo.InvariantCulture, $"The server asks to wait; it is asked again in {wait.TotalSeconds:0} s.");

    private static TimeSpan Within(TimeSpan wait) => wait < Floor ? Floor : wait > Cap ? Cap : wait;
}
