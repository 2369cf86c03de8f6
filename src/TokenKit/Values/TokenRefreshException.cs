namespace TokenKit;

/// <summary>No usable token exists and none could be obtained; the request was not sent.</summary>
public sealed class TokenRefreshException : Exception
{
    /// <summary>Makes the exception for a failed refresh.</summary>
    /// <param name="key">Which token.</param>
    /// <param name="failure">What went wrong.</param>
    public TokenRefreshException(TokenKey key, RefreshFailure failure)
        : base(MessageFor(key, failure), failure?.Exception)
    {
        Key = key;
        Failure = failure!;
    }

    /// <summary>Which token.</summary>
    public TokenKey Key { get; }

    /// <summary>The token name of the registration.</summary>
    public string TokenName => Key.Name;

    /// <summary>What went wrong.</summary>
    public RefreshFailure Failure { get; }

    /// <summary>Which of the closed set.</summary>
    public RefreshFailureReason Reason => Failure.Reason;

    /// <summary>Whether trying again later can help without anyone changing anything.</summary>
    public bool IsTransient => Failure.IsTransient;

    /// <summary>How long to wait before trying again, where the server said so.</summary>
    public TimeSpan? RetryAfter => Failure.RetryAfter;

    private static string MessageFor(TokenKey key, RefreshFailure failure)
    {
        ArgumentNullException.ThrowIfNull(failure);
        return $"No usable token for '{key}' ({failure.Reason}). {failure.MessageWithServerWords}";
    }
}
