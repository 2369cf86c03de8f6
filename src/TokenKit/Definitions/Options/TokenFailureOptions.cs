namespace TokenKit;

/// <summary>What an answer means when a condition holds for it.</summary>
public sealed class TokenFailureOptions
{
    /// <summary>The condition: an expression over <c>body</c>, <c>header['NAME']</c> and <c>status</c>. Required.</summary>
    public string? When { get; set; }

    /// <summary>
    /// The reason the refresh fails with. Required; one that an answer can mean: <see cref="RefreshFailureReason.ReauthorizationRequired"/>,
    /// <see cref="RefreshFailureReason.ClientRejected"/>, <see cref="RefreshFailureReason.RequestRejected"/>,
    /// <see cref="RefreshFailureReason.Throttled"/>, <see cref="RefreshFailureReason.ServerError"/>,
    /// <see cref="RefreshFailureReason.TokenMissing"/> or <see cref="RefreshFailureReason.TokenInvalid"/>. <see cref="RefreshFailureReason.ReauthorizationRequired"/> speaks of a stored
    /// token: of a request that sends none, such as a login, the same answer means <see cref="RefreshFailureReason.ClientRejected"/>.
    /// </summary>
    public RefreshFailureReason? Is { get; set; }

    /// <summary>
    /// Where the answer says how long to wait, in seconds or as a duration or date: an expression. Where it is not written, or finds
    /// nothing, the <c>Retry-After</c> of a 429 counts, and that of any answer that means <see cref="RefreshFailureReason.Throttled"/> or
    /// <see cref="RefreshFailureReason.ServerError"/>. <see cref="RefreshFailureReason.ReauthorizationRequired"/> waits for a person instead.
    /// </summary>
    public string? RetryAfter { get; set; }
}
