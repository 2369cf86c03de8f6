namespace TokenKit;

/// <summary>What became of a presented token.</summary>
internal enum TokenVerdict
{
    /// <summary>It is none of those that open, or has expired.</summary>
    Refused,

    Accepted,

    /// <summary>Nobody can say, because the store cannot be read.</summary>
    StoreUnavailable,
}
