namespace TokenKit;

/// <summary>The state of one token key at one moment, for people to read. It holds no token.</summary>
public sealed record TokenStatus
{
    /// <summary>Which token.</summary>
    public required TokenKey Key { get; init; }

    /// <summary>How it stands. A usable token counts before a failed refresh, apart from a dead grant.</summary>
    public required TokenState State { get; init; }

    /// <summary>Whether a token can be handed out now.</summary>
    public bool IsUsable { get; init; }

    /// <summary>Whether a refresh is under way.</summary>
    public bool IsRefreshing { get; init; }

    /// <summary>
    /// Whether the newest token set could not be stored so far. It is served and written again; a crash would lose it.
    /// </summary>
    public bool IsUnsaved { get; init; }

    /// <summary>Counts the tokens this process has seen for the key, from 1; zero before the first.</summary>
    public long Generation { get; init; }

    /// <summary>When the token was obtained, by any process.</summary>
    public DateTimeOffset? ObtainedAt { get; init; }

    /// <summary>When it is due for renewal: the soft instant.</summary>
    public DateTimeOffset? RefreshAt { get; init; }

    /// <summary>When it stops being usable: the hard instant; <see cref="DateTimeOffset.MaxValue"/> for never.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>When the refresh token ends, where the server said so.</summary>
    public DateTimeOffset? RefreshTokenExpiresAt { get; init; }

    /// <summary>When a refresh of this process last brought a token, or took one over.</summary>
    public DateTimeOffset? LastSuccessAt { get; init; }

    /// <summary>When a refresh of this process last ended.</summary>
    public DateTimeOffset? LastAttemptAt { get; init; }

    /// <summary>
    /// When the next refresh is expected: the end of the wait after a failure, else when the token is due. Without a host it
    /// comes with the first call after that. <see langword="null"/> where only a person or a call can bring one about.
    /// </summary>
    public DateTimeOffset? NextAttemptAt { get; init; }

    /// <summary>Why the last refresh failed; <see langword="null"/> after a success.</summary>
    public RefreshFailure? LastFailure { get; init; }

    /// <summary>How many refreshes failed in a row.</summary>
    public int FailuresInARow { get; init; }
}
