namespace TokenKit;

/// <summary>
/// How id and secret are encoded before base64 in Basic authentication: the values of
/// <see cref="TokenRefreshOptions.BasicEncoding"/>.
/// </summary>
public enum BasicEncoding
{
    /// <summary>Form-urlencoded, as RFC 6749 section 2.3.1 says. <c>form</c> in configuration.</summary>
    Form,

    /// <summary>As they are, which many servers want instead. <c>raw</c> in configuration.</summary>
    Raw,
}
