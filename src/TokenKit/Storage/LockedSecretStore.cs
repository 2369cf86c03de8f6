namespace TokenKit;

/// <summary>Lets secrets be read and never written, for a definition with <c>Secret.Locked</c>.</summary>
internal sealed class LockedSecretStore(ISecretStore inner) : ISecretStore
{
    public async ValueTask<SecretEntry?> GetAsync(SecretKey key, CancellationToken cancellationToken = default) =>
        await inner.GetAsync(key, cancellationToken).ConfigureAwait(false) is { } entry ? entry with { IsLocked = true } : null;

    public async ValueTask<SecretWriteResult> SetAsync(
        SecretKey key, ReadOnlyMemory<byte> value, SecretCondition condition, CancellationToken cancellationToken = default)
    {
        var stored = await inner.GetAsync(key, cancellationToken).ConfigureAwait(false);
        return new SecretWriteResult(SecretWriteOutcome.Locked, stored?.Version ?? 0);
    }

    public ValueTask<bool> RemoveAsync(SecretKey key, SecretCondition condition, CancellationToken cancellationToken = default) =>
        throw new InvalidOperationException($"The secret '{key}' is locked (Secret.Locked) and cannot be removed by the program.");
}
