namespace TokenKit;

/// <summary>The grants that <see cref="TokenRefreshOptions.Grant"/> knows. Each is a ready definition.</summary>
public static class TokenGrants
{
    /// <summary>
    /// The client's own credentials (RFC 6749 section 4.4): defines <see cref="TokenRefreshOptions.Request"/>.
    /// </summary>
    public const string ClientCredentials = "client_credentials";

    /// <summary>
    /// A stored refresh token (RFC 6749 section 6): defines <see cref="TokenRefreshOptions.RefreshRequest"/>. The first
    /// one comes from <see cref="TokenRefreshOptions.Seed"/> or <see cref="ITokenSource.SeedAsync"/>.
    /// </summary>
    public const string RefreshToken = "refresh_token";

    /// <summary>
    /// A signed assertion (RFC 7523 section 2.1): defines <see cref="TokenRefreshOptions.Request"/> and takes
    /// <see cref="TokenRefreshOptions.Assertion"/>.
    /// </summary>
    public const string JwtBearer = "urn:ietf:params:oauth:grant-type:jwt-bearer";

    /// <summary>
    /// Another token in exchange (RFC 8693): defines <see cref="TokenRefreshOptions.Request"/> and takes
    /// <see cref="TokenRefreshOptions.SubjectToken"/>.
    /// </summary>
    public const string TokenExchange = "urn:ietf:params:oauth:grant-type:token-exchange";
}
