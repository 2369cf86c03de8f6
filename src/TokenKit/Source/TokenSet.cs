using System.Collections.Immutable;

namespace TokenKit;

/// <summary>What one successful exchange leaves behind. Stored as one record, never field by field.</summary>
/// <remarks>Immutable. A token set without an access token is one that holds only a refresh token: a seed.</remarks>
public sealed record TokenSet
{
    /// <summary>The access token, or <see langword="null"/> where only a refresh token is known.</summary>
    public SecretText? AccessToken { get; init; }

    /// <summary>The refresh token, or <see langword="null"/> where the server gives none.</summary>
    public SecretText? RefreshToken { get; init; }

    /// <summary>The type of the access token as the server named it (RFC 6749 section 7.1); <c>Bearer</c> by default.</summary>
    public string TokenType { get; init; } = "Bearer";

    /// <summary>The granted scope as the server sent it, or <see langword="null"/> where it said nothing.</summary>
    public string? Scope { get; init; }

    /// <summary>The instant just before the request left, by the local clock. Lifetimes count from here.</summary>
    public DateTimeOffset ObtainedAt { get; init; }

    /// <summary>
    /// How long the access token is usable, counted from <see cref="ObtainedAt"/>; <see cref="Timeout.InfiniteTimeSpan"/>
    /// where the definition says it never expires; zero or less for a token that serves one flight and is not kept.
    /// </summary>
    public TimeSpan Lifetime { get; init; }

    /// <summary>How long after <see cref="ObtainedAt"/> a refresh is due. Drawn once, with jitter, when the token arrived.</summary>
    public TimeSpan RefreshAfter { get; init; }

    /// <summary>When the refresh token itself expires, where the server said so.</summary>
    public DateTimeOffset? RefreshTokenExpiresAt { get; init; }

    /// <summary>Named values kept from the answer.</summary>
    public ImmutableDictionary<string, TokenValue> Values { get; init; } = ImmutableDictionary<string, TokenValue>.Empty;

    /// <summary>The hash of the configured seed this grant began with, so that a changed seed is noticed.</summary>
    public string? SeedHash { get; init; }

    /// <summary>Returns times and presence, and nothing secret.</summary>
    /// <returns>A text for messages.</returns>
    public override string ToString() =>
        $"token set obtained {ObtainedAt:O}, lifetime {Lifetime}, access token {Presence(AccessToken)}, refresh token {Presence(RefreshToken)}";

    internal static ImmutableDictionary<string, TokenValue> ValuesFrom(IReadOnlyDictionary<string, TokenValue>? values) =>
        values is null ? ImmutableDictionary<string, TokenValue>.Empty : values.ToImmutableDictionary();

    private static string Presence(SecretText? secret) => secret is null ? "absent" : "present";
}
