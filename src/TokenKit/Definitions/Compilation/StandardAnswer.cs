namespace TokenKit.Definitions.Compilation;

/// <summary>Where the standard's own answers have things (RFC 6749 sections 5.1 and 5.2).</summary>
internal static class StandardAnswer
{
    public const string AccessToken = "body.access_token";

    public const string RefreshToken = "body.refresh_token";

    public const string TokenType = "body.token_type";

    public const string Scope = "body.scope";

    public const string ExpiresIn = "body.expires_in";

    public const string Error = "body.error";

    public const string ErrorDescription = "body.error_description";
}
