using System.Collections.Immutable;

namespace TokenKit;

/// <summary>What a token looks like on API calls, with secrets and tokens as <c>***</c>.</summary>
public sealed record ExplainedPlacement
{
    /// <summary>The headers, the token's own first.</summary>
    public required IReadOnlyList<KeyValuePair<string, string>> Headers { get; init; }

    /// <summary>The query values.</summary>
    public required IReadOnlyList<KeyValuePair<string, string>> Query { get; init; }

    /// <summary>The API's base URL; <see langword="null"/> where the client has its own.</summary>
    public string? BaseUrl { get; init; }

    /// <summary>Where the token may go; empty: to the origin of the base URL.</summary>
    public required IReadOnlyList<string> AllowedOrigins { get; init; }
}
