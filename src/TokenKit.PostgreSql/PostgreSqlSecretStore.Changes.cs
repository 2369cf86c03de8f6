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

    private sealed class Nothing : IDisposable
    {
        public static readonly Nothing ToEnd = new();

        public void Dispose()
        {
        }
    }
}
