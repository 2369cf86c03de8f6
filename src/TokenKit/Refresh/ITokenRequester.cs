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
    Task<TokenAnswer> RequestAsync(TokenRequestContext context, CancellationToken cancellationToken);
}

/// <summary>What a requester needs to know.</summary>
/// <param name="Key">Which token.</param>
/// <param name="Stored">What is stored now, or <see langword="null"/>.</param>
/// <param name="CorrelationId">The mark of this refresh in the logs.</param>
public sealed record TokenRequestContext(TokenKey Key, TokenSet? Stored, string CorrelationId);
