using TokenKit.Storage;

namespace TokenKit;

/// <content>Hints that another process has written.</content>
public sealed partial class PostgreSqlSecretStore
{
    /// <inheritdoc/>
    /// <remarks>Tells of token sets, and only with <see cref="PostgreSqlStoreOptions.NotifyChanges"/>; without it nothing is told.</remarks>
    public IDisposable Subscribe(Action<SecretChange> changed)
    {
        ArgumentNullException.ThrowIfNull(changed);
        return _changes?.Subscribe(changed) ?? Nothing.ToEnd;
    }

    private async ValueTask TellRemovedAsync(StoredKey key, long writtenEpoch, long writtenSequence, StoreTurn turn)
    {
        if (_notices?.Seal(key, writtenEpoch, writtenSequence, isRemoved: true) is not { } notice)
        {
            return;
        }

        try
        {
            await _session.RunAsync(
                _statements.Tell,
                key.Key,
                parameters => parameters.AddText(notice),
                static _ => true,
                none: false,
                turn,
                CancellationToken.None).ConfigureAwait(false);
        }
        catch (PostgreSqlStoreException)
        {
            // It is removed all the same, and was only a hint.
        }
    }

    private sealed class Nothing : IDisposable
    {
        public static readonly Nothing ToEnd = new();

        public void Dispose()
        {
        }
    }
}
