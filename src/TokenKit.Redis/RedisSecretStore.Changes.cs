namespace TokenKit;

/// <content>Hints that another process has written.</content>
public sealed partial class RedisSecretStore
{
    /// <inheritdoc/>
    /// <remarks>Tells of fenced writes and of removals, and only with <see cref="RedisStoreOptions.NotifyChanges"/>; without it nothing is told.</remarks>
    public IDisposable Subscribe(Action<SecretChange> changed)
    {
        ArgumentNullException.ThrowIfNull(changed);
        return _notices?.Subscribe(changed) ?? Nothing.ToEnd;
    }

    private sealed class Nothing : IDisposable
    {
        public static readonly Nothing ToEnd = new();

        public void Dispose()
        {
        }
    }
}
