using System.Collections.Immutable;

namespace TokenKit;

/// <summary>One request of a check. It prints nothing of its values.</summary>
public sealed record CheckedRequest
{
    /// <summary>The method; empty where an <see cref="ITokenRequester"/> stands in the place of the definition's request.</summary>
    public required string Method { get; init; }

    /// <summary>The whole URL, with its query.</summary>
    public required SecretText Url { get; init; }

    /// <summary>The headers as they were set, those of the content included.</summary>
    public IReadOnlyList<KeyValuePair<string, SecretText>> Headers { get; init; } = [];

    /// <summary>The body as text; <see langword="null"/> where there is none.</summary>
    public SecretText? Content { get; init; }

    /// <summary>The status of the answer; <see langword="null"/> where the recorded answers had run out.</summary>
    public int? Status { get; init; }

    internal string Shown { get; init; } = "";

    /// <summary>Returns method, URL and status with every secret masked, and of a query the names only.</summary>
    /// <returns>A text for people.</returns>
    public override string ToString() => Status is { } status ? $"{Shown} → {status}" : $"{Shown} → no recorded answer is left";
}
