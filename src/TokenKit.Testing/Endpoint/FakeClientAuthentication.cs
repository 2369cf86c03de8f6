namespace TokenKit.Testing;

/// <summary>How a client of a <see cref="FakeTokenEndpoint"/> may authenticate (RFC 6749 section 2.3).</summary>
[Flags]
public enum FakeClientAuthentication
{
    /// <summary>A public client: it names itself by <c>client_id</c> and has no secret.</summary>
    None = 0,

    /// <summary>HTTP Basic; id and secret are form-encoded before they are joined (RFC 6749 section 2.3.1).</summary>
    Basic = 1,

    /// <summary>HTTP Basic with id and secret as they are, as servers expect that do not read section 2.3.1 closely.</summary>
    BasicRaw = 2,

    /// <summary><c>client_id</c> and <c>client_secret</c> in the body.</summary>
    Post = 4,
}
