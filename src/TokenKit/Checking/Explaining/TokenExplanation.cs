using System.Collections.Immutable;
using TokenKit.Checking.Explaining;

namespace TokenKit;

/// <summary>What a definition would do: the requests it would send, and where each value in them comes from. It holds no secret.</summary>
public sealed record TokenExplanation
{
    /// <summary>The token name.</summary>
    public required string Name { get; init; }

    /// <summary>The requests, in the order in which they may come: a seed's, the one that needs only credentials, the one that renews.</summary>
    public required IReadOnlyList<ExplainedRequest> Requests { get; init; }

    /// <summary>How the token is placed on API calls.</summary>
    public required ExplainedPlacement Placement { get; init; }

    /// <summary>Every value that requests and placement read, with its origin.</summary>
    public required IReadOnlyList<ExplainedValue> Values { get; init; }

    /// <summary>By what a stored grant is known for this definition's: client and server.</summary>
    public required ExplainedMark GrantMark { get; init; }

    /// <summary>By what a stored token is known for the one that this definition asks for.</summary>
    public required ExplainedMark TokenMark { get; init; }

    /// <summary>Every configuration key of the definition, with the provider that has the last word on it; empty where code wrote it all.</summary>
    public required IReadOnlyList<ExplainedKey> Keys { get; init; }

    /// <summary>Returns the whole explanation as text for people, without any secret.</summary>
    /// <returns>Several lines.</returns>
    public override string ToString() => ExplanationText.Of(this);
}
