namespace TokenKit.Testing;

/// <summary>What a <see cref="FakeTokenEndpoint"/> did with a request.</summary>
public enum TokenRequestOutcome
{
    /// <summary>Not decided yet: the request is on its way through the endpoint.</summary>
    Pending,

    /// <summary>Tokens were issued.</summary>
    Issued,

    /// <summary>Tokens were issued and the refresh token was replaced.</summary>
    Rotated,

    /// <summary>A replaced refresh token came again within the grace and was answered once more.</summary>
    IssuedInGrace,

    /// <summary>A replaced refresh token came again; the family is dead.</summary>
    ReuseDetected,

    /// <summary>The grant is unknown, another client's, used or dead: <c>invalid_grant</c>.</summary>
    InvalidGrant,

    /// <summary>The client is unknown or did not authenticate: <c>invalid_client</c>.</summary>
    InvalidClient,

    /// <summary>The request breaks RFC 6749: <c>invalid_request</c>, or 405 where it is not a POST.</summary>
    InvalidRequest,

    /// <summary>The scope asked for goes beyond the grant, whose refresh token was left as it is: <c>invalid_scope</c>.</summary>
    InvalidScope,

    /// <summary>The grant type is none that the endpoint knows: <c>unsupported_grant_type</c>.</summary>
    UnsupportedGrantType,

    /// <summary>A prepared answer was given; the endpoint did no work.</summary>
    Prepared,

    /// <summary>The connection was lost before the endpoint did any work.</summary>
    DroppedBefore,
}
