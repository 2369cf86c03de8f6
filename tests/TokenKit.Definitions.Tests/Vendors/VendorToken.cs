namespace TokenKit.Definitions.Tests;

/// <summary>An access token that a vendor has handed out.</summary>
internal sealed class VendorToken(string value, DateTimeOffset endsAt)
{
    public string Value { get; } = value;

    public DateTimeOffset EndsAt { get; set; } = endsAt;

    /// <summary>Ended before its time, which no client can know.</summary>
    public bool IsRevoked { get; set; }
}

/// <summary>What an API thinks of a token that it is shown.</summary>
internal enum VendorTokenState
{
    Unknown,
    Live,
    Expired,
    Revoked,
}
