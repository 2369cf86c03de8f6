namespace TokenKit.Definitions;

/// <summary>What a request shows in order to be given a token: what a refusal costs, and what it means, depends on it.</summary>
internal enum SentGrant
{
    /// <summary>What a program has itself: client credentials, an assertion, another token to exchange.</summary>
    Program,

    /// <summary>
    /// Somebody's name and password, or what may be one: an account can be locked by our asking. Whatever does not say that it is
    /// something else.
    /// </summary>
    Login,

    /// <summary>A code that a person's consent gave: good once (RFC 6749 section 4.1.2).</summary>
    Code,

    /// <summary>The stored refresh token, or the stored access token.</summary>
    Stored,
}
