using System.Collections.Immutable;

namespace TokenKit;

/// <summary>What a token looks like on API calls, with secrets and tokens as <c>***</c>.</summary>
/// <param name="Headers">The headers, the token's own first.</param>
/// <param name="Query">The query values.</param>
/// <param name="BaseUrl">The API's base URL; <see langword="null"/> where the client has its own.</param>
/// <param name="AllowedOrigins">Where the token may go; empty: to the origin of the base URL.</param>
public sealed record ExplainedPlacement(
    ImmutableArray<KeyValuePair<string, string>> Headers,
    ImmutableArray<KeyValuePair<string, string>> Query,
    string? BaseUrl,
    ImmutableArray<string> AllowedOrigins);
