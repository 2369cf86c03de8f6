namespace TokenKit;

/// <summary>Something that happened to a token, for programs that want to act on it. It holds no token.</summary>
public sealed record TokenEvent
{
    /// <summary>What happened.</summary>
    public required TokenEventKind Kind { get; init; }

    /// <summary>To which token.</summary>
    public required TokenKey Key { get; init; }

    /// <summary>When.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>The mark of the refresh in the logs.</summary>
    public required string CorrelationId { get; init; }

    /// <summary>Why the refresh was started.</summary>
    public RefreshTrigger Trigger { get; init; }

    /// <summary>What went wrong, where it did.</summary>
    public RefreshFailure? Failure { get; init; }

    /// <summary>When the new token expires, after a success.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>The generation of the new token, after a success; else zero.</summary>
    public long Generation { get; init; }
}
