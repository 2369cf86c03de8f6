namespace TokenKit;

/// <summary>Something that happened to a token, for programs that want to act on it. It holds no token.</summary>
/// <param name="Kind">What happened.</param>
/// <param name="Key">To which token.</param>
/// <param name="At">When.</param>
/// <param name="CorrelationId">The mark of the refresh in the logs.</param>
public sealed record TokenEvent(TokenEventKind Kind, TokenKey Key, DateTimeOffset At, string CorrelationId)
{
    /// <summary>Why the refresh was started.</summary>
    public RefreshTrigger Trigger { get; init; }

    /// <summary>What went wrong, where it did.</summary>
    public RefreshFailure? Failure { get; init; }

    /// <summary>When the new token expires, after a success.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>The generation of the new token, after a success; else zero.</summary>
    public long Generation { get; init; }
}
