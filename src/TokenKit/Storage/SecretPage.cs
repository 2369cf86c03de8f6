namespace TokenKit;

/// <summary>One page of a catalog.</summary>
/// <param name="Secrets">The secrets, those that are due first before the others.</param>
/// <param name="Continuation">What asks for the next page; <see langword="null"/> after the last.</param>
public sealed record SecretPage(IReadOnlyList<SecretListing> Secrets, string? Continuation);

/// <summary>A secret as a catalog lists it, without its value.</summary>
/// <param name="Key">The key.</param>
/// <param name="Version">The stored version.</param>
/// <param name="DueIn">
/// When a token set is due for renewal, from now by the store's clock, negative when it is overdue; <see langword="null"/> for
/// what is never due.
/// </param>
/// <param name="ExpiresIn">As <paramref name="DueIn"/>, when its access token expires.</param>
public sealed record SecretListing(SecretKey Key, long Version, TimeSpan? DueIn, TimeSpan? ExpiresIn)
{
    /// <summary>
    /// The time since the last write by the store's clock; <see langword="null"/> where the store does not say: each such secret
    /// is then read to see whether it is to be kept alive.
    /// </summary>
    public TimeSpan? Age { get; init; }
}
