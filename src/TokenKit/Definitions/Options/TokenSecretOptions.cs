namespace TokenKit;

/// <summary>Where the token set is stored.</summary>
public sealed class TokenSecretOptions
{
    /// <summary>The name of the stored secret.</summary>
    /// <value>The token name by default.</value>
    public string? Name { get; set; }

    /// <summary>The environment it belongs to.</summary>
    /// <value>The host's by default.</value>
    public string? Environment { get; set; }

    /// <summary>Whether it can be read and never written.</summary>
    /// <value><see langword="false"/> by default.</value>
    public bool Locked { get; set; }

    /// <summary>
    /// A text that stands for the grant mark, which tells by client and server whether a stored grant is this definition's.
    /// </summary>
    /// <value>Made of the client id and the issuer by default, or the origin that a renewal is sent to.</value>
    /// <remarks>
    /// For a vendor that moves to another host and goes on to accept the grants of the old one: with the same text before and after
    /// the move, the stored refresh token is sent to the new host. It is no template; what it says is of no matter, only whether it
    /// is the same. It must not be blank.
    /// </remarks>
    public string? Grant { get; set; }

    /// <summary>
    /// A text that stands for the token mark, which tells whether a stored token is the one that the definition asks for.
    /// </summary>
    /// <value>
    /// Made by default of the grant's kind, scopes, audiences, resources and whatever else the requests send that is no secret.
    /// </value>
    /// <remarks>
    /// For definitions that send different things and mean the same token. A token of another mark is renewed at once. It is no
    /// template, and must not be blank.
    /// </remarks>
    public string? Mark { get; set; }

    /// <summary>How many access tokens the record holds.</summary>
    /// <value><see cref="StoredAccessTokens.One"/> by default.</value>
    /// <remarks>
    /// <para>
    /// Common servers end the former access token at a refresh, and on some a smaller scope narrows the grant for good. So by
    /// default a renewal replaces the token that is stored, also one that was obtained for another scope.
    /// </para>
    /// <para>
    /// <see cref="StoredAccessTokens.Many"/> is for whoever knows two things of the server: it keeps former access tokens until they expire, and a refresh
    /// with a smaller scope leaves the grant as it was. Then registrations that ask for different scopes can share one record,
    /// that is one <see cref="Name"/> and one refresh token, and each has an access token of its own; all of them must say
    /// so. On any other server each renewal for one of them ends the tokens of the others. A refresh then names the scope of
    /// its registration; a field <c>scope</c> in <see cref="TokenRefreshOptions.RefreshRequest"/> says otherwise.
    /// </para>
    /// <para>
    /// A renewal removes expired tokens from the record and never a live one: a ninth live token is served and not stored.
    /// </para>
    /// <para>
    /// Whoever writes <see cref="StoredAccessTokens.One"/> says that the server ends the former access token wherever it was obtained.
    /// A definition that needs only credentials then fails while its store is away, as one with a refresh token does. Without that it
    /// goes on, with tokens that are not stored.
    /// </para>
    /// </remarks>
    public StoredAccessTokens AccessTokens
    {
        get;
        set
        {
            field = value;
            AreAccessTokensWritten = true;
        }
    }

    /// <summary>Whether somebody wrote <see cref="AccessTokens"/>, be it the default.</summary>
    internal bool AreAccessTokensWritten { get; private set; }
}
