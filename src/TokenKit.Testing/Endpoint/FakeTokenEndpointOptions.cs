namespace TokenKit.Testing;

/// <summary>How a <see cref="FakeTokenEndpoint"/> behaves.</summary>
/// <remarks>Read on every request, so that a test may change its mind between two of them.</remarks>
public sealed class FakeTokenEndpointOptions
{
    /// <summary>
    /// How long an access token works; 1 hour by default. <c>expires_in</c> says it in whole seconds, rounded down.
    /// </summary>
    public TimeSpan AccessTokenLifetime { get; set; } = TimeSpan.FromHours(1);

    /// <summary>Whether <c>expires_in</c> is in the answer; <see langword="true"/> by default.</summary>
    public bool SendsExpiresIn { get; set; } = true;

    /// <summary>
    /// Whether each refresh replaces the refresh token (RFC 9700 section 4.14.2); <see langword="true"/> by default. If not,
    /// the answer to a refresh holds none and the old one goes on working.
    /// </summary>
    public bool RotatesRefreshTokens { get; set; } = true;

    /// <summary>
    /// Whether a replaced refresh token that comes again kills the whole family; <see langword="true"/> by default. If not,
    /// it is refused and nothing else happens.
    /// </summary>
    public bool DetectsReuse { get; set; } = true;

    /// <summary>Whether detected reuse also kills the access tokens of the family; <see langword="true"/> by default.</summary>
    public bool ReuseRevokesAccessTokens { get; set; } = true;

    /// <summary>
    /// How long after a rotation the replaced refresh token is still answered, with the same successor and a new access
    /// token, as long as nobody has used the successor; zero by default.
    /// </summary>
    public TimeSpan ReuseGrace { get; set; }

    /// <summary>
    /// Whether a new access token ends the ones before it; <see langword="false"/> by default. Those of one grant belong
    /// together, those that one client gets by <c>client_credentials</c>, and those of all grants of one client for the same
    /// subject, where grants have one. What ended answers <see cref="AccessTokenState.Ended"/>, and a <see cref="FakeApi"/>
    /// rejects it.
    /// </summary>
    public bool EndsFormerAccessTokens { get; set; }

    /// <summary>
    /// Whether a refresh that names a smaller <c>scope</c> narrows the grant for good; <see langword="false"/> by default. If
    /// so, later refreshes give that scope at most and one that asks for more is refused with <c>invalid_scope</c>; if not,
    /// only the access token of that answer has the smaller scope (RFC 6749 section 6). A scope beyond the granted one is
    /// refused either way.
    /// </summary>
    public bool NarrowsGrant { get; set; }

    /// <summary>
    /// What access tokens begin with; <c>access-</c> by default, so that they read <c>access-1</c>, <c>access-2</c>. A leak
    /// scan finds fewer chance hits with a prefix of its own.
    /// </summary>
    public string AccessTokenPrefix { get; set; } = "access-";

    /// <summary>What refresh tokens begin with; <c>refresh-</c> by default.</summary>
    public string RefreshTokenPrefix { get; set; } = "refresh-";

    /// <summary>Further members of every successful answer, such as <c>instance_url</c>; none by default.</summary>
    public IDictionary<string, string> AnswerMembers { get; } = new Dictionary<string, string>(StringComparer.Ordinal);
}
