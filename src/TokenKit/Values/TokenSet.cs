using System.Collections.Immutable;
using TokenKit.Values;

namespace TokenKit;

/// <summary>What one successful exchange leaves behind. Stored as one record, never field by field.</summary>
/// <remarks>Immutable. A token set without an access token is one that holds only a refresh token: a seed.</remarks>
public sealed record TokenSet
{
    // What most token sets lack is kept apart: with many subjects, empty fields would be most of what they hold.
    private readonly Further _further = TokenMarks.Absent.Plain;
    private readonly long _obtainedUtcTicks;

    /// <summary>The access token, or <see langword="null"/> where only a refresh token is known.</summary>
    public SecretText? AccessToken { get; init; }

    /// <summary>The refresh token, or <see langword="null"/> where the server gives none.</summary>
    public SecretText? RefreshToken
    {
        get => _further.RefreshToken;
        init => _further = value is null && IsPlain ? _further : _further with { RefreshToken = value };
    }

    /// <summary>The type of the access token as the server named it (RFC 6749 section 7.1); <c>Bearer</c> by default.</summary>
    public string TokenType
    {
        get => _further.TokenType;
        init => _further = value == Further.Bearer && IsPlain ? _further : _further with { TokenType = value };
    }

    /// <summary>The granted scope as the server sent it, or <see langword="null"/> where it said nothing.</summary>
    public string? Scope
    {
        get => _further.Scope;
        init => _further = value is null && IsPlain ? _further : _further with { Scope = value };
    }

    /// <summary>The instant just before the request left, by the local clock and as UTC. Lifetimes count from here.</summary>
    public DateTimeOffset ObtainedAt
    {
        get => new(_obtainedUtcTicks, TimeSpan.Zero);
        init => _obtainedUtcTicks = value.UtcTicks;
    }

    /// <summary>
    /// How long the access token is usable, counted from <see cref="ObtainedAt"/>; <see cref="Timeout.InfiniteTimeSpan"/>
    /// where the definition says it never expires; zero or less for a token that serves one flight and is not kept.
    /// </summary>
    public TimeSpan Lifetime { get; init; }

    /// <summary>How long after <see cref="ObtainedAt"/> a refresh is due. Drawn once, with jitter, when the token arrived.</summary>
    public TimeSpan RefreshAfter { get; init; }

    /// <summary>When the refresh token itself expires, where the server said so.</summary>
    public DateTimeOffset? RefreshTokenExpiresAt
    {
        get => _further.RefreshTokenExpiresAt;
        init => _further = value is null && IsPlain ? _further : _further with { RefreshTokenExpiresAt = value };
    }

    /// <summary>Named values kept from the answer.</summary>
    public IReadOnlyDictionary<string, TokenValue> Values
    {
        get => _further.Values;
        init => _further = value.Count == 0 && IsPlain ? _further : _further with { Values = ValuesFrom(value) };
    }

    /// <summary>By what kind of definition it was obtained.</summary>
    internal TokenMarks Marks
    {
        get => _further.Marks;
        init => _further = IsPlain ? value.Plain : _further with { Marks = value };
    }

    /// <summary>The hashes of the seeds that were applied to its record, the last one first: none of them is applied again.</summary>
    internal ImmutableArray<string> SeedHashes
    {
        get => _further.SeedHashes;
        init => _further = value.IsDefaultOrEmpty && IsPlain ? _further : _further with { SeedHashes = value.IsDefault ? [] : value };
    }

    internal long ObtainedUtcTicks => _obtainedUtcTicks;

    // What has nothing but its marks shares one object with all others of these.
    private bool IsPlain => ReferenceEquals(_further, _further.Marks.Plain);

    /// <summary>Returns times and presence, and nothing secret.</summary>
    /// <returns>A text for messages.</returns>
    public override string ToString() =>
        $"token set obtained {ObtainedAt:O}, lifetime {Lifetime}, access token {Presence(AccessToken)}, refresh token {Presence(RefreshToken)}";

    internal static ImmutableDictionary<string, TokenValue> ValuesFrom(IReadOnlyDictionary<string, TokenValue>? values) =>
        values is null ? ImmutableDictionary<string, TokenValue>.Empty
            : values as ImmutableDictionary<string, TokenValue> ?? values.ToImmutableDictionary(StringComparer.Ordinal);

    private static string Presence(SecretText? secret) => secret is null ? "absent" : "present";

    /// <summary>What only some token sets have. A record prints its members, and among these are secrets: so it prints nothing.</summary>
    internal sealed record Further
    {
        public const string Bearer = "Bearer";

        public required TokenMarks Marks { get; init; }

        public SecretText? RefreshToken { get; init; }

        public string TokenType { get; init; } = Bearer;

        public string? Scope { get; init; }

        public DateTimeOffset? RefreshTokenExpiresAt { get; init; }

        public ImmutableDictionary<string, TokenValue> Values { get; init; } = ImmutableDictionary<string, TokenValue>.Empty;

        public ImmutableArray<string> SeedHashes { get; init; } = [];

        public override string ToString() => "";
    }
}
