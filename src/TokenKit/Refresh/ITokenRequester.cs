namespace TokenKit;

/// <summary>Gets the answer for a refresh some other way than by the definition: a vendor SDK, a message, a file.</summary>
/// <remarks>
/// <para>
/// Registered as a keyed service by the token name; a singleton, called by at most one refresh of a key at a time. A definition needs
/// neither a grant nor a URL then. What it returns is mapped, validated and persisted like any answer of a token endpoint: a refusal is
/// an answer too, such as status 400 with <c>{"error":"invalid_grant"}</c> for a refresh token that is dead.
/// </para>
/// <para>
/// An exception is kept as the inner exception of the failure. It is transient, and tried again, only where it says so: an
/// <see cref="HttpRequestException"/> without a status or with 408, 425, 429 or 5xx, a <see cref="System.Net.Sockets.SocketException"/>,
/// a <see cref="TimeoutException"/> or <see cref="OperationCanceledException"/>, or a <see cref="TokenRefreshException"/> that is
/// transient, whose <see cref="TokenRefreshException.RetryAfter"/> is obeyed. Any other is
/// <see cref="RefreshFailureReason.RequestRejected"/> and is not repeated within the refresh. Where a refresh token was handed out,
/// every exception counts as an answer that was lost.
/// </para>
/// </remarks>
public interface ITokenRequester
{
    /// <summary>Gets the answer.</summary>
    /// <param name="context">Which token, and what is stored now.</param>
    /// <param name="cancellationToken">Cancelled at the refresh's deadline.</param>
    /// <returns>The answer, as a token endpoint would have given it.</returns>
    ValueTask<TokenAnswer> RequestAsync(TokenRequesterContext context, CancellationToken cancellationToken);
}

/// <summary>What a requester needs to know.</summary>
public sealed record TokenRequesterContext
{
    /// <summary>Which token.</summary>
    public required TokenKey Key { get; init; }

    /// <summary>What is stored now, or <see langword="null"/>.</summary>
    public TokenSet? Stored { get; init; }

    /// <summary>The mark of this refresh in the logs.</summary>
    public required string CorrelationId { get; init; }
}
