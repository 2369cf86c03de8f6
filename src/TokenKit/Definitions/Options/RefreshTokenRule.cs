namespace TokenKit;

/// <summary>What happens to the stored refresh token when an answer arrives: the values of <see cref="TokenResponseOptions.RefreshTokenRule"/>.</summary>
public enum RefreshTokenRule
{
    /// <summary>A new one replaces it; an answer without one keeps it (RFC 6749 section 6). <c>keep-if-absent</c> in configuration.</summary>
    KeepIfAbsent,

    /// <summary>It stays, whatever the answer holds. <c>always-keep</c> in configuration.</summary>
    AlwaysKeep,

    /// <summary>A new one replaces it; an answer without one removes it. <c>replace</c> in configuration.</summary>
    Replace,

    /// <summary>A new one replaces it; an answer without one is not usable. <c>required</c> in configuration.</summary>
    Required,
}
