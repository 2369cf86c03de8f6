using System.Collections.Immutable;
using System.Globalization;
using TokenKit.Definitions;
using TokenKit.Language.Expressions;
using TokenKit.Language.Formats;

namespace TokenKit.Refresh.Map;

/// <summary>Reads from an answer how long its token lives, counted from just before the request left.</summary>
/// <remarks>
/// <para>
/// The server's clock and ours are not compared where that can be helped: a relative lifetime wins over an absolute time,
/// and an absolute time is counted from <c>IssuedAt</c> of the same answer where the definition names one. Only an absolute
/// time alone is set against the local clock, because there is nothing else; the <c>Date</c> header is a proxy's as often
/// as the server's and is not read.
/// </para>
/// <para>What cannot be read is unknown, with a warning, and never a failure: the refresh token has rotated already.</para>
/// </remarks>
internal sealed class LifetimeReading(AnswerView view)
{
    private readonly AnswerSelection _selection = view.Selection;
    private readonly ResponseDefinition _response = view.Response;
    private readonly DateTimeOffset _sentAt = view.Received.SentAt.Utc;

    // Whatever a server says, in a year it is asked again.
    public static TimeSpan Longest { get; } = TimeSpan.FromDays(365);

    /// <summary>A lifetime within zero and a year.</summary>
    public static TimeSpan Clamp(TimeSpan lifetime) =>
        lifetime <= TimeSpan.Zero ? TimeSpan.Zero : lifetime > Longest ? Longest : lifetime;

    /// <summary>The access token's lifetime, or <see langword="null"/> where the answer says nothing that can be read.</summary>
    public TimeSpan? ReadAccess(ImmutableArray<string>.Builder warnings)
    {
        // Selected in every case, so that a member that stands twice is noticed whichever way the lifetime is found.
        var relative = _selection.First(_response.ExpiresIn);
        var issuedAt = ReadTime(_selection.First(_response.IssuedAt), _response.ExpiresAtFormat);
        var absolute = ReadEarliest(_response.ExpiresAt, _response.ExpiresAtFormat, out var unreadableTime, out var isInOddUnit);
        if (_response.Lifetime is { } fixedLifetime)
        {
            return fixedLifetime == Timeout.InfiniteTimeSpan ? fixedLifetime : Clamp(fixedLifetime);
        }

        var isTime = IsPointInTime(relative);
        if (!isTime && ReadRelative(relative, _response.ExpiresInAllowsDurationText) is { } lifetime)
        {
            return Clamp(lifetime - Age());
        }

        if (!isTime && !IsNothing(relative))
        {
            warnings.Add(AnswerWarnings.ExpiresInUnreadable);
        }

        if (absolute is { } time)
        {
            if (issuedAt is null && time <= _sentAt)
            {
                warnings.Add(AnswerWarnings.ExpiresAtPassed);
            }

            return issuedAt is { } issued ? Clamp(time - issued - Age()) : Clamp(time - _sentAt);
        }

        if (isTime)
        {
            warnings.Add(AnswerWarnings.ExpiresInIsTime);
        }

        if (isInOddUnit)
        {
            warnings.Add(AnswerWarnings.ExpiresAtUnit);
        }
        else if (unreadableTime)
        {
            warnings.Add(AnswerWarnings.ExpiresAtUnreadable);
        }

        return null;
    }

    /// <summary>How long after the answer the server wants the token renewed, or <see langword="null"/> where it says nothing of use.</summary>
    public TimeSpan? ReadRefreshIn(ImmutableArray<string>.Builder warnings)
    {
        var selected = _selection.First(_response.RefreshIn);
        if (IsNothing(selected))
        {
            return null;
        }

        if (!IsPointInTime(selected) && ReadRelative(selected, allowsDurationText: true) is { } hint && hint > TimeSpan.Zero)
        {
            return Clamp(hint - Age());
        }

        warnings.Add(AnswerWarnings.RefreshInUnreadable);
        return null;
    }

    /// <summary>
    /// The refresh token's lifetime. Zero and less are no lifetime: servers write it for a refresh token without expiry.
    /// </summary>
    public TimeSpan? ReadRefresh()
    {
        var selected = _selection.First(_response.RefreshTokenExpiresIn);
        var relative = IsPointInTime(selected) ? null : ReadRelative(selected, _response.ExpiresInAllowsDurationText);
        var absolute = ReadEarliest(_response.RefreshTokenExpiresAt, _response.ExpiresAtFormat, out _, out _);
        var lifetime = relative - Age() ?? absolute - _sentAt;
        return lifetime > TimeSpan.Zero ? lifetime : null;
    }

    // In a unit so small that the same number is a lifetime of less than a year, it is one.
    private bool IsPointInTime(ExpressionValue value) =>
        _response.ExpiresInFormat is null
        && value is ExpressionValue.NumberValue or ExpressionValue.TextValue && value.TryGetText(out var text)
        && DecimalText.TryRead(text, out var count)
        && count * _response.ExpiresInUnit.TotalSeconds > Longest.TotalSeconds
        && PointInTime.Is(count, _sentAt);

    private TimeSpan? ReadRelative(ExpressionValue value, bool allowsDurationText)
    {
        if (value is not (ExpressionValue.NumberValue or ExpressionValue.TextValue) || !value.TryGetText(out var text))
        {
            return null;
        }

        if (_response.ExpiresInFormat is { } format && format.TryRead(text, out var formatted))
        {
            return formatted;
        }

        if (DecimalText.TryRead(text, out var count))
        {
            // Floored: a token is rather taken for dead a moment early. Milliseconds keep what they say.
            var seconds = count * _response.ExpiresInUnit.TotalSeconds;
            return FromSeconds(_response.ExpiresInUnit < TimeSpan.FromSeconds(1) ? seconds : Math.Floor(seconds));
        }

        return allowsDurationText && DurationText.TryParse(text.Trim(), out var duration) ? duration : null;
    }

    private DateTimeOffset? ReadEarliest(ImmutableArray<Expression> selectors, string? format, out bool unreadable, out bool isInOddUnit)
    {
        unreadable = isInOddUnit = false;
        DateTimeOffset? earliest = null;
        foreach (var selector in selectors)
        {
            var value = _selection.One(selector);
            foreach (var item in value is ExpressionValue.ListValue list ? list.Items : [value])
            {
                var isOdd = format is null && IsInOddUnit(item);
                isInOddUnit |= isOdd;
                var time = isOdd ? null : ReadTime(item, format);
                unreadable |= time is null && !IsNothing(item);
                earliest = earliest is null || time < earliest ? time ?? earliest : earliest;
            }
        }

        return earliest;
    }

    private bool IsInOddUnit(ExpressionValue value) =>
        value is ExpressionValue.NumberValue or ExpressionValue.TextValue && value.TryGetText(out var text)
        && DecimalText.TryRead(text, out var number) && PointInTime.IsInOddUnit(number, _sentAt);

    private static DateTimeOffset? ReadTime(ExpressionValue value, string? format) => value switch
    {
        ExpressionValue.TimeValue time => time.Time,
        ExpressionValue.TextValue or ExpressionValue.NumberValue when value.TryGetText(out var text) =>
            ExpiryTime.TryRead(text, format, out var time) ? time : null,
        _ => null,
    };

    /// <summary>How long a cache held the answer (RFC 9111 section 5.1). None should, and some do.</summary>
    private TimeSpan Age() =>
        view.Answer.Headers.GetValueOrDefault("Age", []) is [{ } first, ..]
        && first.AsSpan().Trim() is { IsEmpty: false } digits
        && !digits.ContainsAnyExceptInRange('0', '9')
            ? long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds)
                ? FromSeconds(seconds)
                : Longest
            : TimeSpan.Zero;

    // Twice the longest, so that a difference of two of them still clamps the right way.
    private static TimeSpan FromSeconds(double seconds) =>
        TimeSpan.FromSeconds(Math.Clamp(seconds, 0, 2 * Longest.TotalSeconds));

    private static bool IsNothing(ExpressionValue value) =>
        value is ExpressionValue.AbsentValue or ExpressionValue.NullValue or ExpressionValue.TextValue { Text.Length: 0 };
}
