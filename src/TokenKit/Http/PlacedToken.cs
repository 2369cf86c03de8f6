using System.Collections.Immutable;

namespace TokenKit;

/// <summary>
/// What a token looks like on a request: rendered once, when the token arrived, so that a call only copies references.
/// </summary>
/// <param name="Headers">Header names and their ready values, checked to be safe in a header.</param>
/// <param name="Query">Query names and values, not yet percent-encoded.</param>
/// <param name="BaseUrl">The base URL that the token's answer named, where the definition takes it from there.</param>
internal sealed record PlacedToken(
    ImmutableArray<KeyValuePair<string, string>> Headers,
    ImmutableArray<KeyValuePair<string, string>> Query,
    Uri? BaseUrl)
{
    // A record prints its members, and these hold the token.
    public override string ToString() => "placed token";
}
