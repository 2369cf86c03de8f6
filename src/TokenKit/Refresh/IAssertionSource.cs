namespace TokenKit;

/// <summary>Makes an assertion that no definition can: SAML, a token of the platform's identity, a signature from a security module.</summary>
/// <remarks>
/// Registered as a keyed service by the name in <c>${assertion.NAME}</c>; a singleton, called by several refreshes at once. It
/// is asked again for each request, within the refresh's deadline, because a server may refuse an assertion that it saw before
/// (RFC 7523 section 3). What it throws fails that request before anything is sent and is kept as the inner exception; it is tried
/// again where the exception says that it may pass, as with <see cref="ITokenRequester"/>, and is
/// <see cref="RefreshFailureReason.SecretUnavailable"/> otherwise. For a placement it is asked after the new token was stored, and again after a reload of the definition; what it throws then
/// keeps that token from calls, which go on with the one before it while that works.
/// </remarks>
public interface IAssertionSource
{
    /// <summary>Makes an assertion.</summary>
    /// <param name="context">For whom.</param>
    /// <param name="cancellationToken">Cancelled at the refresh's deadline.</param>
    /// <returns>The assertion as it is to be sent; not empty.</returns>
    ValueTask<string> GetAssertionAsync(AssertionContext context, CancellationToken cancellationToken);
}

/// <summary>What an assertion source needs to know.</summary>
public sealed record AssertionContext
{
    /// <summary>The name in <c>${assertion.NAME}</c>.</summary>
    public required string Name { get; init; }

    /// <summary>The token that is being refreshed.</summary>
    public required TokenKey Key { get; init; }
}
