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
}
