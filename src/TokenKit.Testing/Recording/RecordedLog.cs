using Microsoft.Extensions.Logging;

namespace TokenKit.Testing;

/// <summary>One log entry as it was written.</summary>
public sealed record RecordedLog
{
    /// <summary>The category: the full name of the type that logged.</summary>
    public required string Category { get; init; }

    /// <summary>The level.</summary>
    public required LogLevel Level { get; init; }

    /// <summary>Id and name of the event.</summary>
    public required EventId EventId { get; init; }

    /// <summary>The text.</summary>
    public required string Message { get; init; }

    /// <summary>The structured values, the template under <c>{OriginalFormat}</c> among them.</summary>
    public required IReadOnlyList<KeyValuePair<string, object?>> Values { get; init; }

    /// <summary>The scopes that were open, outermost first: their structured values, or their text under an empty name.</summary>
    public required IReadOnlyList<KeyValuePair<string, object?>> Scopes { get; init; }

    /// <summary>The exception, or <see langword="null"/>.</summary>
    public Exception? Exception { get; init; }

    /// <summary>Returns one of the structured values.</summary>
    /// <param name="name">The placeholder's name.</param>
    /// <returns>The value, or <see langword="null"/> where there is none.</returns>
    public object? Value(string name) => Values.FirstOrDefault(pair => pair.Key == name).Value;

    /// <summary>Returns level, event and text.</summary>
    /// <returns>A text for messages.</returns>
    public override string ToString() => $"{Level} {EventId.Name ?? Category}: {Message}{(Exception is null ? "" : $" [{Exception.GetType().Name}]")}";
}
