namespace TokenKit;

/// <summary>Decides whether a candidate may replace a working token. Several may be registered; all must agree.</summary>
/// <remarks>
/// Registered as keyed services by the token name; singletons. Synchronous and without I/O. An exception means "refused".
/// Refusing never costs the refresh token that came with the candidate: it is saved before.
/// </remarks>
public interface ITokenValidator
{
    /// <summary>Judges a candidate.</summary>
    /// <param name="candidate">The candidate.</param>
    /// <param name="stored">What it would replace, or <see langword="null"/>.</param>
    /// <returns><see cref="TokenValidationResult.Success"/>, or why it is refused.</returns>
    TokenValidationResult Validate(TokenCandidate candidate, TokenSet? stored);
}
