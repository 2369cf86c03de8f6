namespace TokenKit;

/// <summary>What one request may wish of its token. The keys are read by the handler that <c>AddTokenRefreshHandler</c> adds.</summary>
/// <remarks>
/// Handlers are shared by many requests, so wishes travel on the request itself. The extension methods of
/// <see cref="TokenRequestMessageExtensions"/> set them in one word.
/// </remarks>
public static class TokenCallOptions
{
    /// <summary>Whose token to use, where one registration serves many; empty by default.</summary>
    public static readonly HttpRequestOptionsKey<string> Subject = new("TokenKit.Subject");

    /// <summary>Whether to send the request as it is, without a token; <see langword="false"/> by default.</summary>
    public static readonly HttpRequestOptionsKey<bool> Skip = new("TokenKit.Skip");

    /// <summary>
    /// Whether to refresh before sending although the token still works; <see langword="false"/> by default. Set back to
    /// <see langword="false"/> once it was done, so that an outer retry of the same message does not refresh again.
    /// </summary>
    public static readonly HttpRequestOptionsKey<bool> Force = new("TokenKit.Force");
}
