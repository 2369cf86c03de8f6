namespace TokenKit.Definitions.Compilation;

/// <summary>Tells which ways to a token the options write: a grant, a request that is spelt out, a token made here.</summary>
internal static class WrittenExchanges
{
    public static bool HasRequest(TokenRefreshOptions options) => IsRequestGrant(options.Grant) || options.Request.IsWritten;

    public static bool HasRefreshRequest(TokenRefreshOptions options) =>
        options.Grant == TokenGrants.RefreshToken || options.RefreshRequest.IsWritten;

    /// <summary>Whether the definition says nothing of a request, because code makes it.</summary>
    public static bool IsLeftToCode(TokenRefreshOptions options) =>
        options.IsRequestedByCode is true && options.Grant is null && !HasRequest(options) && !HasRefreshRequest(options);

    public static bool IsMadeLocally(TokenRefreshOptions options) =>
        options.Grant is null && !HasRequest(options) && !HasRefreshRequest(options) && !IsLeftToCode(options)
        && (options.Response.AccessToken is { Count: > 0 } || PlacedAlone.Is(options));

    public static bool IsRequestGrant(string? grant) =>
        grant is TokenGrants.ClientCredentials or TokenGrants.JwtBearer or TokenGrants.TokenExchange;
}
