namespace TokenKit;

/// <summary>Turns an answer into a candidate in a way no definition can say.</summary>
/// <remarks>
/// Registered as a keyed service by the token name; a singleton. Synchronous and without I/O. An exception means that the
/// answer is refused; a refresh token that the definition's own selector found has been saved before this is called.
/// </remarks>
public interface ITokenResponseMapper
{
    /// <summary>Changes what the definition made of the answer, or replaces it.</summary>
    /// <param name="answer">The answer.</param>
    /// <param name="candidate">What the definition made of it, or <see langword="null"/> where it found no token.</param>
    /// <returns>The candidate to go on with, or <see langword="null"/> for "no token".</returns>
    TokenCandidate? Map(TokenAnswer answer, TokenCandidate? candidate);
}
