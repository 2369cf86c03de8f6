using System.Text.Json.Serialization;

namespace TokenKit;

/// <summary>What a person may see of a token: times and outcomes. Holds no token, and nothing it could be made from.</summary>
internal sealed record TokenView
{
    public required string Name { get; init; }

    public required string Subject { get; init; }

    public required TokenCondition Status { get; init; }

    public bool IsRefreshing { get; init; }

    public bool IsLocked { get; init; }

    /// <summary>Counts the tokens this process has seen for the key, from 1; 0 before the first.</summary>
    public long Generation { get; init; }

    public DateTimeOffset? ObtainedAt { get; init; }

    public DateTimeOffset? RefreshAt { get; init; }

    /// <summary><see langword="null"/> also where the token never expires; then <see cref="NeverExpires"/> says so.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    public bool NeverExpires { get; init; }

    public DateTimeOffset? RefreshTokenExpiresAt { get; init; }

    public DateTimeOffset? LastSuccessAt { get; init; }

    public DateTimeOffset? LastAttemptAt { get; init; }

    public DateTimeOffset? NextAttemptAt { get; init; }

    public FailureState? Failure { get; init; }

    /// <summary>The last refreshes, the newest first; left out of lists.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<RefreshSummary>? Refreshes { get; init; }

    [JsonIgnore]
    public TokenKey Key => new(Name, Subject);
}
