using System.Diagnostics.CodeAnalysis;
using Npgsql;
using TokenKit.Work;

namespace TokenKit;

/// <summary>Listens on one connection while there is a subscription, and connects again when it is lost.</summary>
/// <remarks>A notice that is sent while no connection listens is missed. That is allowed: it is a hint. Thread-safe.</remarks>
[SuppressMessage("Design", "CA1001", Justification = "Ends with its last subscription; what is left then holds nothing to give back.")]
internal sealed class ChangeListener(NpgsqlDataSource dataSource, string channel, Randomness randomness, IWorkSpawner spawner)
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(30);

    // A connection whose other end is gone without a word is found out by asking something.
    private static readonly TimeSpan LongestSilence = TimeSpan.FromMinutes(1);

    private readonly Lock _gate = new();
    private readonly List<Subscription> _subscriptions = [];
    private CancellationTokenSource? _listening;

    public IDisposable Subscribe(Action<SecretChange> changed)
    {
        var subscription = new Subscription(this, changed);
        lock (_gate)
        {
            _subscriptions.Add(subscription);
            if (_listening is not null)
            {
                return subscription;
            }

            _listening = new CancellationTokenSource();
            spawner.Start(static item => item.listener.ListenAsync(item.Token), (listener: this, _listening.Token));
        }

        return subscription;
    }

    private void End(Subscription subscription)
    {
        lock (_gate)
        {
            if (_subscriptions.Remove(subscription) && _subscriptions.Count == 0)
            {
                _listening?.Cancel();
                _listening = null;
            }
        }
    }

    private async Task ListenAsync(CancellationToken stopping)
    {
        for (var pause = FirstPause; !stopping.IsCancellationRequested; pause = pause * 2 < LongestPause ? pause * 2 : LongestPause)
        {
            try
            {
                var connection = await dataSource.OpenConnectionAsync(stopping).ConfigureAwait(false);
                await using (connection.ConfigureAwait(false))
                {
                    connection.Notification += (_, notice) => Publish(notice.Payload);
                    await CarryOutAsync(connection, $"LISTEN \"{channel}\"", stopping).ConfigureAwait(false);
                    pause = FirstPause;
                    await WaitForNoticesAsync(connection, stopping).ConfigureAwait(false);

                    // It goes back to the pool, which would let it listen on until somebody uses it.
                    await CarryOutAsync(connection, "UNLISTEN *", CancellationToken.None).ConfigureAwait(false);
                }
            }
            catch (Exception)
            {
                // Whatever it is, the store's own calls meet it as well, and say so.
            }

            await PauseAsync(pause * (0.5 + (0.5 * randomness.NextDouble())), stopping).ConfigureAwait(false);
        }
    }

    private static async Task WaitForNoticesAsync(NpgsqlConnection connection, CancellationToken stopping)
    {
        try
        {
            while (true)
            {
                if (!await connection.WaitAsync(LongestSilence, stopping).ConfigureAwait(false))
                {
                    await CarryOutAsync(connection, "SELECT 1", stopping).ConfigureAwait(false);
                }
            }
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // There is no subscription any more.
        }
    }

    private static async Task PauseAsync(TimeSpan pause, CancellationToken stopping)
    {
        try
        {
            await Task.Delay(pause, TimeProvider.System, stopping).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // There is no subscription any more.
        }
    }

    private static async Task CarryOutAsync(NpgsqlConnection connection, string sql, CancellationToken cancellationToken)
    {
        var command = new NpgsqlCommand(sql, connection);
        await using (command.ConfigureAwait(false))
        {
            await command.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    private void Publish(string payload)
    {
        if (!ChangeNotice.TryRead(payload, out var change))
        {
            return;
        }

        List<Subscription> subscriptions;
        lock (_gate)
        {
            subscriptions = [.. _subscriptions];
        }

        subscriptions.ForEach(subscription => subscription.Changed(change.Value));
    }

    private sealed class Subscription(ChangeListener listener, Action<SecretChange> changed) : IDisposable
    {
        public Action<SecretChange> Changed { get; } = changed;

        public void Dispose() => listener.End(this);
    }
}
