namespace TokenKit.Interop.Tests;

/// <summary>How the provider is to behave; the defaults are strict.</summary>
internal sealed record ServerSettings
{
    /// <summary>Seconds an access token lives.</summary>
    public int AccessTokenLifetime { get; init; } = 3600;

    /// <summary>Seconds a rotated refresh token still works once more.</summary>
    public int ReuseGrace { get; init; }
}
