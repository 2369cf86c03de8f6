namespace TokenKit.Testing;

/// <summary>What the issuer says about an access token.</summary>
public enum AccessTokenState
{
    /// <summary>It was never issued.</summary>
    Unknown,

    /// <summary>It works.</summary>
    Active,

    /// <summary>Its lifetime is over.</summary>
    Expired,

    /// <summary>It was revoked.</summary>
    Revoked,

    /// <summary>A newer one took its place (<see cref="FakeTokenEndpointOptions.EndsFormerAccessTokens"/>).</summary>
    Ended,
}
