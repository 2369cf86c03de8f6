using System.Globalization;

namespace TokenKit.Testing;

/// <summary>One measurement of one instrument.</summary>
public sealed record RecordedMeasurement
{
    /// <summary>The instrument's name.</summary>
    public required string Instrument { get; init; }

    /// <summary>The value, whatever number the instrument counts in.</summary>
    public required double Value { get; init; }

    /// <summary>The instrument's unit, or <see langword="null"/>.</summary>
    public string? Unit { get; init; }

    /// <summary>The tags.</summary>
    public required IReadOnlyDictionary<string, object?> Tags { get; init; }

    /// <summary>Returns instrument, value and tags.</summary>
    /// <returns>A text for messages.</returns>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture,
        $"{Instrument} {Value} {{{string.Join(", ", Tags.Select(tag => $"{tag.Key}={tag.Value}"))}}}");
}
