using Microsoft.Extensions.Logging;
using TokenKit.Testing;
using TokenKit.Work;

namespace TokenKit.PostgreSql.Tests;

public sealed class ChangeListenerTests
{
    [Fact]
    public async Task It_is_said_once_that_changes_are_not_heard_and_once_that_they_are_heard_again_by_the_clock_that_is_given()
    {
        using var logs = new RecordedLogs();
        using var loggers = LoggerFactory.Create(builder => builder.AddRecordedLogs(logs));
        var (time, feed) = (new ManualTimeProvider(), new FakeFeed());
        var listener = new ChangeListener(
            feed, "tokens.secrets", Randomness.System, new ThreadPoolSpawner(), time, loggers.CreateLogger(TokenKitDiagnostics.StorageLogCategory));
        feed.IsDown = true;

        using var subscription = listener.Subscribe(static _ => { });
        await PassUntilAsync(time, () => feed.Attempts >= 4);
        feed.IsDown = false;
        await PassUntilAsync(time, () => feed.Listening == 1);
        feed.Break();
        feed.IsDown = true;
        await PassUntilAsync(time, () => feed.Attempts >= 8);

        logs.Entries.Select(entry => (entry.Level, entry.EventId.Name)).Should().Equal(
            (LogLevel.Warning, "ChangesNotHeard"), (LogLevel.Information, "ChangesHeardAgain"), (LogLevel.Warning, "ChangesNotHeard"));
        logs.Entries.Should().OnlyContain(entry => entry.Message.Contains("tokens.secrets", StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_end_of_the_last_subscription_is_no_failure()
    {
        using var logs = new RecordedLogs();
        using var loggers = LoggerFactory.Create(builder => builder.AddRecordedLogs(logs));
        var (time, feed) = (new ManualTimeProvider(), new FakeFeed());
        var listener = new ChangeListener(
            feed, "tokens.secrets", Randomness.System, new ThreadPoolSpawner(), time, loggers.CreateLogger(TokenKitDiagnostics.StorageLogCategory));

        var subscription = listener.Subscribe(static _ => { });
        await PassUntilAsync(time, () => feed.Listening == 1);
        subscription.Dispose();
        await PassUntilAsync(time, () => feed.Ended == 1);

        logs.Entries.Should().BeEmpty();
    }

    private static async Task PassUntilAsync(ManualTimeProvider time, Func<bool> hasHappened)
    {
        for (var round = 0; !hasHappened(); round++)
        {
            round.Should().BeLessThan(1_000_000, "it comes about in time");
            time.Advance(TimeSpan.FromMilliseconds(100));
            await Task.Yield();
        }
    }

    private sealed class FakeFeed : INoticeFeed
    {
        private volatile TaskCompletionSource _broken = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private volatile bool _isDown;
        private volatile int _attempts;
        private volatile int _listening;
        private volatile int _ended;

        public bool IsDown
        {
            get => _isDown;
            set => _isDown = value;
        }

        public int Attempts => _attempts;

        public int Listening => _listening;

        public int Ended => _ended;

        public void Break() => _broken.SetException(new IOException("gone"));

        public async Task HearAsync(Action began, Action<string> heard, CancellationToken stopping)
        {
            Interlocked.Increment(ref _attempts);
            if (_isDown)
            {
                throw new IOException("not there");
            }

            began();
            Interlocked.Increment(ref _listening);
            try
            {
                await _broken.Task.WaitAsync(stopping);
            }
            finally
            {
                Interlocked.Increment(ref _ended);
            }
        }
    }
}
