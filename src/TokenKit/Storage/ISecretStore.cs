namespace TokenKit;

/// <summary>Keeps what must survive: token sets, client secrets, API passwords.</summary>
/// <remarks>
/// <para>
/// Called by the refresh flight of a key, at most one in a process, and by seeding and forgetting; calls for one key and
/// for different keys overlap. A token set and a secret of one name have different keys (<see cref="SecretKey.Kind"/>).
/// Values are opaque bytes; so that encryption is a decorator a store must return exactly the bytes that were written.
/// </para>
/// <para>
/// A read returns the newest committed value: a store that may answer from a stale replica must not be used for token
/// sets. A write is atomic: after a crash the old or the new value is there, whole. What is there but cannot be read is a
/// <see cref="SecretDamagedException"/>, never <see langword="null"/>: "absent" would invite an overwrite. Trouble that may
/// pass is any other exception.
/// </para>
/// <para>
/// Cancelling leaves the old or the new value. <c>TokenKit.Testing</c> holds this contract as tests.
/// </para>
/// </remarks>
public interface ISecretStore
{
    /// <summary>Reads a secret.</summary>
    /// <param name="key">The key.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    /// <returns>The secret, or <see langword="null"/> when nothing is stored.</returns>
    /// <exception cref="SecretDamagedException">Something is stored and cannot be read.</exception>
    ValueTask<SecretEntry?> GetAsync(SecretKey key, CancellationToken cancellationToken = default);

    /// <summary>Writes a secret if a condition holds. Condition and write are one step.</summary>
    /// <param name="key">The key.</param>
    /// <param name="write">The value, what must hold, and what else a store may keep of it.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    /// <returns>How it ended and the version now stored.</returns>
    ValueTask<SecretWriteResult> SetAsync(SecretKey key, SecretWrite write, CancellationToken cancellationToken = default);

    /// <summary>Removes a secret if a condition holds.</summary>
    /// <param name="key">The key.</param>
    /// <param name="condition">What must hold.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    /// <returns><see langword="true"/> when something was removed.</returns>
    /// <exception cref="InvalidOperationException">The secret is locked.</exception>
    ValueTask<bool> RemoveAsync(SecretKey key, SecretCondition condition, CancellationToken cancellationToken = default);
}
