namespace TokenKit;

/// <summary>What the last refreshes of a key left for whoever holds the lease next: shared by all instances.</summary>
public sealed record RefreshState
{
    /// <summary>Whether the grant lives.</summary>
    public required GrantStatus Status { get; init; }

    /// <summary>The last failure, or <see langword="null"/> after a success.</summary>
    public RefreshFailureReason? Reason { get; init; }

    /// <summary>
    /// How long from now nobody should try again; zero for no wait. Also after a success, where the definition limits requests
    /// (<see cref="TokenFreshnessOptions.AtMostEvery"/>).
    /// </summary>
    public TimeSpan NotBefore { get; init; }

    /// <summary>Failures in a row.</summary>
    public int Failures { get; init; }

    /// <summary>
    /// The fingerprint of the stored token that the server declared dead; while the grant lives, a short mark of what the server
    /// refused, such as a login. <see langword="null"/> for neither. Whoever has another one is not concerned.
    /// </summary>
    public string? DeadGrant { get; init; }

    /// <summary>
    /// Which of the access tokens of the record it concerns; <see langword="null"/> for all of them. A text without meaning, made of
    /// the token mark and the key: a store keeps it and compares it with nothing but another one.
    /// </summary>
    public string? Tag { get; init; }

    /// <summary>Nothing has happened yet, or the last refresh succeeded.</summary>
    public static RefreshState Alive { get; } = new() { Status = GrantStatus.Alive };
}

/// <summary>Whether a grant lives.</summary>
public enum GrantStatus
{
    /// <summary>The default value; nothing here has it.</summary>
    Unknown,

    /// <summary>As far as anybody knows.</summary>
    Alive,

    /// <summary>The server said that the refresh token is no good.</summary>
    Dead,
}
