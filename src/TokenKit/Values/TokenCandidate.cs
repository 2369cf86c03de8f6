using System.Collections.Immutable;

namespace TokenKit;

/// <summary>What the map step made of an answer; not yet trusted.</summary>
public sealed record TokenCandidate
{
    /// <summary>The access token.</summary>
    public required SecretText AccessToken { get; init; }

    /// <summary>The refresh token that came with it, or <see langword="null"/> where none did.</summary>
    public SecretText? RefreshToken { get; init; }

    /// <summary>The type the server named, trimmed, or <see langword="null"/> where it named none.</summary>
    public string? TokenType { get; init; }

    /// <summary>The granted scope, or <see langword="null"/> where the server said nothing.</summary>
    public string? Scope { get; init; }

    /// <summary>
    /// The lifetime the answer gives, counted from just before the request left; <see langword="null"/> where it says
    /// nothing that can be read.
    /// </summary>
    public TimeSpan? Lifetime { get; init; }

    /// <summary>
    /// How long after the request left the server wants the token renewed; zero for "soon", <see langword="null"/> where it says
    /// nothing that can be read.
    /// </summary>
    public TimeSpan? RefreshIn { get; init; }

    /// <summary>The lifetime of the refresh token, counted likewise, where the answer gives one.</summary>
    public TimeSpan? RefreshTokenLifetime { get; init; }

    /// <summary>Named values taken from the answer.</summary>
    public IReadOnlyDictionary<string, TokenValue> Values { get; init; } = ImmutableDictionary<string, TokenValue>.Empty;

    /// <summary>What was odd and did no harm, in words without any value: <c>token_type_missing</c>, <c>refresh_token_invalid</c>, <c>expires_in_unreadable</c>, <c>refresh_in_unreadable</c>, <c>scope_reduced</c>.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];

    /// <summary>Returns which parts are there, nothing of their content.</summary>
    /// <returns>A text for messages.</returns>
    public override string ToString() => $"candidate, lifetime {Lifetime}, refresh token {(RefreshToken is null ? "absent" : "present")}";
}
