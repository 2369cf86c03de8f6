namespace TokenKit.Definitions.Configuration;

/// <summary>The words of the configuration for the closed sets of the options: OAuth's own, where it has one.</summary>
internal static class DefinitionWords
{
    public static readonly WordSet<BasicEncoding> BasicEncoding = new(("form", TokenKit.BasicEncoding.Form), ("raw", TokenKit.BasicEncoding.Raw));

    public static readonly WordSet<CertificateThumbprint> CertificateThumbprint = new(
        ("x5t#S256", TokenKit.CertificateThumbprint.Sha256), ("x5t", TokenKit.CertificateThumbprint.Sha1), ("none", TokenKit.CertificateThumbprint.None));

    public static readonly WordSet<GrantBody> GrantBody = new(
        ("form", TokenKit.GrantBody.Form), ("json", TokenKit.GrantBody.Json), ("query", TokenKit.GrantBody.Query));

    public static readonly WordSet<LifetimeUnit> LifetimeUnit = new(
        ("s", TokenKit.LifetimeUnit.Seconds), ("ms", TokenKit.LifetimeUnit.Milliseconds), ("m", TokenKit.LifetimeUnit.Minutes),
        ("h", TokenKit.LifetimeUnit.Hours), ("d", TokenKit.LifetimeUnit.Days));

    public static readonly WordSet<RefreshTokenRule> RefreshTokenRule = new(
        ("keep-if-absent", TokenKit.RefreshTokenRule.KeepIfAbsent), ("always-keep", TokenKit.RefreshTokenRule.AlwaysKeep),
        ("replace", TokenKit.RefreshTokenRule.Replace), ("required", TokenKit.RefreshTokenRule.Required));

    public static readonly WordSet<RequestWhen> RequestWhen = new(
        ("refresh-missing", TokenKit.RequestWhen.RefreshMissing),
        ("refresh-missing-or-rejected", TokenKit.RequestWhen.RefreshMissingOrRejected), ("never", TokenKit.RequestWhen.Never));

    public static readonly WordSet<ResponseFormat> ResponseFormat = new(
        ("json", TokenKit.ResponseFormat.Json), ("form", TokenKit.ResponseFormat.Form), ("xml", TokenKit.ResponseFormat.Xml),
        ("text", TokenKit.ResponseFormat.Text));

    public static readonly WordSet<SigningKeyFormat> SigningKeyFormat = new(
        ("pem", TokenKit.SigningKeyFormat.Pem), ("jwk", TokenKit.SigningKeyFormat.Jwk), ("pfx", TokenKit.SigningKeyFormat.Pfx),
        ("hex", TokenKit.SigningKeyFormat.Hex), ("utf8", TokenKit.SigningKeyFormat.Utf8));

    public static readonly WordSet<StoredAccessTokens> StoredAccessTokens = new(
        ("one", TokenKit.StoredAccessTokens.One), ("many", TokenKit.StoredAccessTokens.Many));

    /// <summary>What an answer can mean, by name. The other reasons are found without one, or by what became of it.</summary>
    public static readonly WordSet<RefreshFailureReason> FailureReason = new(
        [
            .. new[]
            {
                RefreshFailureReason.ReauthorizationRequired, RefreshFailureReason.ClientRejected, RefreshFailureReason.RequestRejected,
                RefreshFailureReason.Throttled, RefreshFailureReason.ServerError, RefreshFailureReason.TokenMissing, RefreshFailureReason.TokenInvalid,
            }.Select(static reason => (reason.ToString(), reason)),
        ]);
}
