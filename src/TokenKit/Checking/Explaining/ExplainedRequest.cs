using System.Collections.Immutable;
using TokenKit.Checking.Explaining;

namespace TokenKit;

/// <summary>A request as it would be sent.</summary>
/// <remarks>
/// Secrets and tokens are <c>***</c>. What is known only when the request is made, such as <c>${now}</c> or a value kept from an
/// answer, stands as its expression.
/// </remarks>
public sealed record ExplainedRequest
{
    /// <summary>Where it stands in the definition: <c>Seed</c>, <c>Request</c>, <c>RefreshRequest</c>, or one of its steps.</summary>
    public required string Section { get; init; }

    /// <summary>When it is used, in words.</summary>
    public required string When { get; init; }

    /// <summary>The HTTP method.</summary>
    public required string Method { get; init; }

    /// <summary>The URL with its literal query; empty where nothing is sent, because the token is made from what the definition knows.</summary>
    public required string Url { get; init; }

    /// <summary>What the definition adds to the URL's query, in order.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Query { get; init; } = [];

    /// <summary>The headers, in order.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Headers { get; init; } = [];

    /// <summary>The fields of a form body, in order; without those that the client authentication adds.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Form { get; init; } = [];

    /// <summary>A body that is JSON or text; <see langword="null"/> where there is none.</summary>
    public string? Body { get; init; }

    /// <summary>How the client authenticates, as <c>Authentication</c> names it.</summary>
    public required string Authentication { get; init; }

    /// <summary>Returns the request as text for people.</summary>
    /// <returns>Several lines.</returns>
    public override string ToString() => ExplanationText.Of(this);
}
