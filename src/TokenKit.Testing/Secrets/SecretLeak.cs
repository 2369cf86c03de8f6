namespace TokenKit.Testing;

/// <summary>A place where a secret was found.</summary>
public sealed record SecretLeak
{
    /// <summary>The name of the secret, as it was given to the scan; never its value.</summary>
    public required string Secret { get; init; }

    /// <summary>How it was written: <c>plain</c>, <c>base64</c>, <c>form-encoded</c>, <c>hex</c>, <c>fragment</c> …</summary>
    public required string Form { get; init; }

    /// <summary>Where it was found.</summary>
    public required string Place { get; init; }

    /// <summary>Returns which secret, in which form and where, never the secret.</summary>
    /// <returns>A text for messages.</returns>
    public override string ToString() => $"{Secret} ({Form}) in {Place}";
}
