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
            feed, new ChangeNotices("tokens.secrets", TestKeys.Protector()), "tokens.secrets",
            Randomness.System, new ThreadPoolSpawner(), time, loggers.CreateLogger(TokenKitDiagnostics.StorageLogCategory));
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
    public async Task What_does_not_open_is_passed_over_and_that_is_said_once()
    {
        using var logs = new RecordedLogs();
        using var loggers = LoggerFactory.Create(builder => builder.SetMinimumLevel(LogLevel.Debug).AddRecordedLogs(logs));
        var (time, feed) = (new ManualTimeProvider(), new FakeFeed());
        var notices = new ChangeNotices("tokens.secrets", TestKeys.Protector());
        var listener = new ChangeListener(
            feed, notices, "tokens.secrets", Randomness.System, new ThreadPoolSpawner(), time,
            loggers.CreateLogger(TokenKitDiagnostics.StorageLogCategory));
        var key = new SecretKey("Test", "crm") { Kind = SecretKind.TokenSet };
        List<SecretChange> heard = [];
        using var subscription = listener.Subscribe(heard.Add);
        await PassUntilAsync(time, () => feed.Listening == 1);

        feed.Tell("1\n2\nremoved\ntoken set\nTest\ncrm\n");
        var others = new ChangeNotices("tokens.secrets", TestKeys.Protector(TestKeys.OtherKey));
        feed.Tell(others.Seal(new StoredKey(key), 1, 2, isRemoved: true)!);
        feed.Tell(notices.Seal(new StoredKey(key), 1, 2, isRemoved: true)!);

        heard.Should().Equal(new SecretChange { Key = key, WrittenEpoch = 1, WrittenSequence = 2, IsRemoved = true });
        logs.Entries.Select(entry => (entry.Level, entry.EventId.Name)).Should().Equal((LogLevel.Debug, "NoticeNotOpened"));
    }

    [Fact]
    public async Task The_end_of_the_last_subscription_is_no_failure()
    {
        using var logs = new RecordedLogs();
        using var loggers = LoggerFactory.Create(builder => builder.AddRecordedLogs(logs));
        var (time, feed) = (new ManualTimeProvider(), new FakeFeed());
        var listener = new ChangeListener(
            feed, new ChangeNotices("tokens.secrets", TestKeys.Protector()), "tokens.secrets",
            Randomness.System, new ThreadPoolSpawner(), time, loggers.CreateLogger(TokenKitDiagnostics.StorageLogCategory));

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
        private volatile Action<string>? _heard;
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

        public void Tell(string payload) => _heard!(payload);

        public void Break() => _broken.SetException(new IOException("gone"));

        public async Task HearAsync(Action began, Action<string> heard, CancellationToken stopping)
        {
            Interlocked.Increment(ref _attempts);
            if (_isDown)
            {
                throw new IOException("not there");
            }

            _heard = heard;
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
