using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Logging;
using TokenKit.Work;

namespace TokenKit;

/// <summary>Listens while there is a subscription, and begins again when it hears no more.</summary>
/// <remarks>A notice that is sent while nobody listens is missed. That is allowed: it is a hint. Thread-safe.</remarks>
/// <param name="feed">Where notices are heard.</param>
/// <param name="notices">Opens them.</param>
/// <param name="table">Whose changes they are, for messages.</param>
/// <param name="randomness">For the jitter of the pauses.</param>
/// <param name="spawner">Starts the listening.</param>
/// <param name="time">The clock of the pauses.</param>
/// <param name="logger">Where the end of listening is noted, and that it goes on.</param>
[SuppressMessage("Design", "CA1001", Justification = "Ends with its last subscription; what is left then holds nothing to give back.")]
internal sealed class ChangeListener(
    INoticeFeed feed, ChangeNotices notices, string table, Randomness randomness, IWorkSpawner spawner, TimeProvider time, ILogger? logger)
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(30);

    private readonly Lock _gate = new();
    private readonly List<Subscription> _subscriptions = [];
    private CancellationTokenSource? _listening;
    private int _isOthersSaid;

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
        var isDown = false;
        var pause = FirstPause;
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                await feed.HearAsync(Began, Publish, stopping).ConfigureAwait(false);
            }
            catch (Exception exception)
            {
                // Said once until it works again: what is wrong may last for hours.
                if (!isDown && !stopping.IsCancellationRequested)
                {
                    isDown = true;
                    logger?.ChangesNotHeard(exception, table);
                }
            }

            await PauseAsync(pause * (0.5 + (0.5 * randomness.NextDouble())), stopping).ConfigureAwait(false);
            pause = pause * 2 < LongestPause ? pause * 2 : LongestPause;
        }

        void Began()
        {
            pause = FirstPause;
            if (isDown)
            {
                isDown = false;
                logger?.ChangesHeardAgain(table);
            }
        }
    }

    private async Task PauseAsync(TimeSpan pause, CancellationToken stopping)
    {
        try
        {
            await Task.Delay(pause, time, stopping).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // There is no subscription any more.
        }
    }

    private void Publish(string payload)
    {
        if (!notices.TryOpen(payload, out var change))
        {
            // Once: whoever sends what is no notice may send much.
            if (Interlocked.Exchange(ref _isOthersSaid, 1) == 0)
            {
                logger?.NoticeNotOpened(table);
            }

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
