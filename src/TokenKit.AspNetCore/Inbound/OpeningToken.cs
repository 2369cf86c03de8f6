namespace TokenKit;

/// <summary>A token that opens, until it expires.</summary>
internal sealed record OpeningToken(TokenDigest Digest, DateTimeOffset ObtainedAt, TokenLife Life);
