namespace TokenKit.Definitions;

/// <summary>How id and secret are encoded before base64 in Basic authentication.</summary>
internal enum BasicEncoding
{
    /// <summary>Form-urlencoded, as RFC 6749 section 2.3.1 says.</summary>
    Form,

    /// <summary>As they are, which many servers want instead.</summary>
    Raw,
}
