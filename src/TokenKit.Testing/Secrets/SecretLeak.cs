namespace TokenKit.Testing;

/// <summary>A place where a secret was found.</summary>
/// <param name="Secret">The name of the secret, as it was given to the scan; never its value.</param>
/// <param name="Form">How it was written: <c>plain</c>, <c>base64</c>, <c>form-encoded</c>, <c>hex</c>, <c>fragment</c> …</param>
/// <param name="Place">Where it was found.</param>
public sealed record SecretLeak(string Secret, string Form, string Place)
{
    /// <summary>Returns which secret, in which form and where, never the secret.</summary>
    /// <returns>A text for messages.</returns>
    public override string ToString() => $"{Secret} ({Form}) in {Place}";
}
