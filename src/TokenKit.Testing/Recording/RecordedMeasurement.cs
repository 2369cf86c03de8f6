using System.Globalization;

namespace TokenKit.Testing;

/// <summary>One measurement of one instrument.</summary>
/// <param name="Instrument">The instrument's name.</param>
/// <param name="Value">The value, whatever number the instrument counts in.</param>
/// <param name="Unit">The instrument's unit, or <see langword="null"/>.</param>
/// <param name="Tags">The tags.</param>
public sealed record RecordedMeasurement(
    string Instrument, double Value, string? Unit, IReadOnlyDictionary<string, object?> Tags)
{
    /// <summary>Returns instrument, value and tags.</summary>
    /// <returns>A text for messages.</returns>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture,
        $"{Instrument} {Value} {{{string.Join(", ", Tags.Select(tag => $"{tag.Key}={tag.Value}"))}}}");
}
