using TokenKit.Values;

namespace TokenKit;

/// <summary>A token that opens, until it expires.</summary>
/// <param name="Digest">What is compared.</param>
/// <param name="Written">The write that stored it, or is about to.</param>
/// <param name="ObtainedAt">By the monotonic clock; an estimate where another process obtained it.</param>
/// <param name="Life">How long it lives.</param>
/// <param name="Mark">What was asked for: a former token of another mark does not open beside it.</param>
internal sealed record OpeningToken(TokenDigest Digest, WriteOrder Written, long ObtainedAt, TokenLife Life, DefinitionMark Mark);
