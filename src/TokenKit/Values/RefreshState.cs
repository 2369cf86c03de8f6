namespace TokenKit;

/// <summary>What the last refreshes of a key left for whoever holds the lease next: shared by all instances.</summary>
/// <param name="Status">Whether the grant lives.</param>
/// <param name="Reason">The last failure, or <see langword="null"/> after a success.</param>
/// <param name="NotBefore">How long from now nobody should try again; zero for no wait.</param>
/// <param name="Failures">Failures in a row.</param>
/// <param name="DeadGrant">
/// The fingerprint of the stored token that the server declared dead; while the grant lives, a short mark of what the server
/// refused, such as a login. <see langword="null"/> for neither. Whoever has another one is not concerned.
/// </param>
public sealed record RefreshState(
    GrantStatus Status, RefreshFailureReason? Reason = null, TimeSpan NotBefore = default, int Failures = 0, string? DeadGrant = null)
{
    /// <summary>
    /// Which of the access tokens of the record it concerns; <see langword="null"/> for all of them. A text without meaning, made of
    /// the token mark and the key: a store keeps it and compares it with nothing but another one.
    /// </summary>
    public string? Tag { get; init; }

    /// <summary>Nothing has happened yet, or the last refresh succeeded.</summary>
    public static RefreshState Alive { get; } = new(GrantStatus.Alive);
}

/// <summary>Whether a grant lives.</summary>
public enum GrantStatus
{
    /// <summary>As far as anybody knows.</summary>
    Alive,

    /// <summary>The server said that the refresh token is no good.</summary>
    Dead,
}
