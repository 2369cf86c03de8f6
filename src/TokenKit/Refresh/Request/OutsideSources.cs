namespace TokenKit.Refresh.Request;

/// <summary>What a definition names and other registrations or the application's own code bring.</summary>
/// <param name="Tokens">The tokens of other registrations; <see langword="null"/> where there are none.</param>
/// <param name="Assertions">Sources of assertions, by name.</param>
/// <param name="Signers">Signers of requests, by name.</param>
internal sealed record OutsideSources(
    IOtherTokens? Tokens, Func<string, IAssertionSource?> Assertions, Func<string, IRequestSigner?> Signers)
{
    public static OutsideSources None { get; } = new(null, static _ => null, static _ => null);
}
