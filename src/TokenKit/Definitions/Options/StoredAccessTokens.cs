namespace TokenKit;

/// <summary>How many access tokens one stored record holds: the values of <see cref="TokenSecretOptions.AccessTokens"/>.</summary>
public enum StoredAccessTokens
{
    /// <summary>One: a renewal replaces it, also one that was obtained for another scope. <c>one</c> in configuration.</summary>
    One,

    /// <summary>One for each token mark, at most eight. <c>many</c> in configuration.</summary>
    Many,
}
