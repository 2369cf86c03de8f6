namespace TokenKit;

/// <summary>A mark by which stored grants or tokens are told apart, and what it is made of. It holds no secret.</summary>
public sealed record ExplainedMark
{
    /// <summary>
    /// The mark as it is stored: a version and 32 hexadecimal digits; <see langword="null"/> where it differs from key to key, because
    /// it reads the subject or a parameter that code resolves.
    /// </summary>
    public required string? Mark { get; init; }

    /// <summary>
    /// The parts, by name, in the order in which they are hashed. What is known only with the key stands as its template, and so does
    /// an address or a client id that reads anything but constants, parameters and the subject.
    /// </summary>
    public required IReadOnlyList<KeyValuePair<string, string>> Parts { get; init; }
}
