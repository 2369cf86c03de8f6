namespace TokenKit;

/// <summary>What one request may wish of its token. The keys are read by the handler that <c>AddTokenRefreshHandler</c> adds.</summary>
/// <remarks>
/// Handlers are shared by many requests, so wishes travel on the request itself. The extension methods of
/// <see cref="TokenRequestMessageExtensions"/> set them in one word. Take the keys from here: a key of one's own with the same
/// name is not looked for.
/// </remarks>
public static class TokenCallOptions
{
    internal static readonly HttpRequestOptionsKey<string> SubjectKey = new("TokenKit.Subject");
    internal static readonly HttpRequestOptionsKey<bool> SkipKey = new("TokenKit.Skip");
    internal static readonly HttpRequestOptionsKey<bool> ForceKey = new("TokenKit.Force");

    // The platform makes a request's options, and a dictionary in them, for whoever looks whether there are any: 104 bytes a
    // call. Where no key was ever taken no request has a wish.
    private static volatile bool _isAnyTaken;

    /// <summary>Whose token to use, where one registration serves many; empty by default.</summary>
    public static HttpRequestOptionsKey<string> Subject => Taken(SubjectKey);

    /// <summary>Whether to send the request as it is, without a token; <see langword="false"/> by default.</summary>
    public static HttpRequestOptionsKey<bool> Skip => Taken(SkipKey);

    /// <summary>
    /// Whether to refresh before sending although the token still works; <see langword="false"/> by default. Set back to
    /// <see langword="false"/> once it was done, so that an outer retry of the same message does not refresh again.
    /// </summary>
    public static HttpRequestOptionsKey<bool> Force => Taken(ForceKey);

    /// <summary>Whether a request of this program may have a wish.</summary>
    internal static bool MayBeSet => _isAnyTaken;

    private static HttpRequestOptionsKey<T> Taken<T>(HttpRequestOptionsKey<T> key)
    {
        // Read first: a write at each use would be shared by all threads.
        if (!_isAnyTaken)
        {
            _isAnyTaken = true;
        }

        return key;
    }
}
