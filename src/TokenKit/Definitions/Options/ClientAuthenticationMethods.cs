namespace TokenKit;

/// <summary>How the client proves who it is: the values of <see cref="TokenRefreshOptions.Authentication"/>.</summary>
public static class ClientAuthenticationMethods
{
    /// <summary>Id and secret in an <c>Authorization: Basic</c> header (RFC 6749 section 2.3.1). The presets' default.</summary>
    public const string ClientSecretBasic = "client_secret_basic";

    /// <summary>Id and secret as fields of the body.</summary>
    public const string ClientSecretPost = "client_secret_post";

    /// <summary>The client id alone, as a field of the body: a public client (RFC 6749 section 2.1).</summary>
    public const string None = "none";

    /// <summary>Nothing is added. The default of requests that are spelt out.</summary>
    public const string Off = "off";
}
