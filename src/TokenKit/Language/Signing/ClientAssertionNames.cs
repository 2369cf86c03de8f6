namespace TokenKit.Language.Signing;

/// <summary>How the assertion by which a client proves who it is stands in requests and in the language.</summary>
internal static class ClientAssertionNames
{
    /// <summary>The value of <c>client_assertion_type</c> (RFC 7523 section 2.2).</summary>
    public const string Type = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

    /// <summary>The member of <c>jwt</c> in bodies that the compiler writes; no name that a definition can hold.</summary>
    public const string Member = "$client";
}
