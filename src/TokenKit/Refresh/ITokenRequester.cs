namespace TokenKit;

/// <summary>Gets the answer for a refresh some other way than by the definition: a vendor SDK, a message, a file.</summary>
/// <remarks>
/// Registered as a keyed service by the token name; a singleton, called by at most one refresh of a key at a time. What it
/// returns is mapped, validated and persisted like any answer. An exception counts as <see cref="RefreshFailureReason.Unreachable"/>
/// and, where a refresh token was handed out, as an answer that was lost.
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
