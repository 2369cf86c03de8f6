namespace TokenKit;

/// <summary>Where the fields of a grant's request go: the values of <see cref="TokenRefreshOptions.Body"/>.</summary>
public enum GrantBody
{
    /// <summary>Into a form-urlencoded body (RFC 6749 section 4). <c>form</c> in configuration.</summary>
    Form,

    /// <summary>Into a JSON object. <c>json</c> in configuration.</summary>
    Json,

    /// <summary>Into the query of the URL, where secrets need <see cref="TokenRequestOptions.AllowSecretInUrl"/>. <c>query</c> in configuration.</summary>
    Query,
}
