namespace TokenKit;

/// <summary>What one request may wish of its token. The keys are read by the handler that <c>AddTokenRefreshHandler</c> adds.</summary>
/// <remarks>
/// Handlers are shared by many requests, so wishes travel on the request itself. The extension methods of
/// <see cref="TokenRequestMessageExtensions"/> set them in one word. Keys are found by their names.
/// </remarks>
public static class TokenCallOptions
{
    /// <summary>
    /// Whose token to use, where one registration serves many; empty by default. At most 256 characters: a request with a longer one
    /// is not sent. Named <c>TokenKit.Subject</c>.
    /// </summary>
    public static HttpRequestOptionsKey<string> Subject { get; } = new("TokenKit.Subject");

    /// <summary>
    /// Whether to send the request as it is, without a token; <see langword="false"/> by default. Named <c>TokenKit.Skip</c>.
    /// </summary>
    public static HttpRequestOptionsKey<bool> Skip { get; } = new("TokenKit.Skip");

    /// <summary>
    /// Whether to refresh before sending although the token still works; <see langword="false"/> by default. Set back to
    /// <see langword="false"/> once it was done, so that an outer retry of the same message does not refresh again. Named
    /// <c>TokenKit.Force</c>.
    /// </summary>
    public static HttpRequestOptionsKey<bool> Force { get; } = new("TokenKit.Force");
}
