namespace TokenKit;

/// <summary>What is stored under a <see cref="SecretKey"/>. Each kind has names of its own.</summary>
public enum SecretKind
{
    /// <summary>Of a key that was made without its constructor, or a kind that a newer version has added.</summary>
    Unknown = 0,

    /// <summary>A text that <c>${secret.NAME}</c> reads: a client secret, a password, a key.</summary>
    Secret,

    /// <summary>What refreshes of a registration store: its tokens, their times and values.</summary>
    TokenSet,
}
