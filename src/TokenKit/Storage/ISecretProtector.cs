namespace TokenKit;

/// <summary>Seals secrets before they reach a store, and opens them again.</summary>
/// <remarks>Singletons, called by many threads at once. No I/O.</remarks>
public interface ISecretProtector
{
    /// <summary>Seals a value for one place.</summary>
    /// <param name="plaintext">The value.</param>
    /// <param name="place">
    /// What the value is bound to: the store, the key, the epoch. Opening it for another place fails.
    /// </param>
    /// <returns>The sealed record.</returns>
    byte[] Protect(ReadOnlySpan<byte> plaintext, ReadOnlySpan<byte> place);

    /// <summary>Opens a sealed value.</summary>
    /// <param name="record">What <see cref="Protect"/> returned.</param>
    /// <param name="place">What it was bound to.</param>
    /// <returns>The value.</returns>
    /// <exception cref="SecretDamagedException">It is not a record, was changed or moved, or its key is not at hand.</exception>
    byte[] Unprotect(ReadOnlySpan<byte> record, ReadOnlySpan<byte> place);
}
