namespace TokenKit;

/// <summary>One page of a catalog.</summary>
public sealed record SecretPage
{
    /// <summary>The secrets, those that are due first before the others.</summary>
    public required IReadOnlyList<SecretListing> Secrets { get; init; }

    /// <summary>What asks for the next page; <see langword="null"/> after the last.</summary>
    public string? Continuation { get; init; }
}

/// <summary>A secret as a catalog lists it, without its value.</summary>
public sealed record SecretListing
{
    /// <summary>The key.</summary>
    public required SecretKey Key { get; init; }

    /// <summary>The stored version.</summary>
    public required long Version { get; init; }

    /// <summary>
    /// When a token set is due for renewal, from now by the store's clock, negative when it is overdue; <see langword="null"/> for
    /// what is never due.
    /// </summary>
    public TimeSpan? DueIn { get; init; }

    /// <summary>As <see cref="DueIn"/>, when its access token expires.</summary>
    public TimeSpan? ExpiresIn { get; init; }

    /// <summary>
    /// The time since the last write by the store's clock; <see langword="null"/> where the store does not say: each such secret
    /// is then read to see whether it is to be kept alive.
    /// </summary>
    public TimeSpan? Age { get; init; }
}
