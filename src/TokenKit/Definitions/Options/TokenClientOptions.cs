namespace TokenKit;

/// <summary>Who the client is, as registered with the authorization server.</summary>
public sealed class TokenClientOptions
{
    /// <summary>The client id: a template. None by default.</summary>
    public TextList? Id { get; set; }

    /// <summary>
    /// The client secret: a template, best one that names a stored secret, such as <c>${secret.crm-client-secret}</c>. None
    /// by default.
    /// </summary>
    public TextList? Secret { get; set; }
}
