using TokenKit.Definitions;
using TokenKit.Refresh.Persist;
using TokenKit.Storage;
using TokenKit.Testing;

namespace TokenKit.Tests;

/// <summary>A store that does not answer holds a flight up for the persist budget and no longer.</summary>
public sealed class LeasedRecordTests
{
    private static readonly TokenResilienceOptions Resilience = new() { PersistBudget = TimeSpan.FromSeconds(3) };

    private static readonly TokenSet Set = new() { AccessToken = new SecretText("at-1"), RefreshToken = new SecretText("rt-1") };

    private readonly ManualTimeProvider _time = new();
    private readonly Silence _silence = new();

    [Fact]
    public async Task A_write_without_an_answer_ends_with_the_persist_budget_and_leaves_the_token_set_in_hand()
    {
        var record = Record();

        var write = record.SaveAsync(Set, isLast: false).AsTask();

        await EndsWithTheBudgetAsync(write);
        (await write).Should().Be(RecordWrite.InHand);
        record.InHand!.Last.Should().BeSameAs(Set);
        record.LastError.Should().BeAssignableTo<OperationCanceledException>();
    }

    [Fact]
    public async Task A_read_back_without_an_answer_ends_with_the_persist_budget_and_leaves_the_token_set_in_hand()
    {
        var record = Record(new SecretWriteResult { Outcome = SecretWriteOutcome.Conflict, Version = 1 });

        var write = record.SaveAsync(Set, isLast: false).AsTask();

        await EndsWithTheBudgetAsync(write);
        (await write).Should().Be(RecordWrite.InHand);
        record.InHand!.Last.Should().BeSameAs(Set, "whether it is stored is not known");
    }

    [Fact]
    public async Task A_renewal_without_an_answer_ends_with_the_persist_budget_and_the_lease_does_not_count_as_held()
    {
        var record = Record();

        var renewal = record.TryRenewAsync().AsTask();

        await EndsWithTheBudgetAsync(renewal);
        (await renewal).Should().BeFalse();
        record.IsLost.Should().BeFalse("nobody is known to have taken it");
    }

    [Fact]
    public async Task A_release_without_an_answer_ends_with_the_persist_budget()
    {
        var record = Record();

        var release = record.TryReleaseAsync(RefreshState.Alive);

        await EndsWithTheBudgetAsync(release);
        record.LastError.Should().BeAssignableTo<OperationCanceledException>();
    }

    private async Task EndsWithTheBudgetAsync(Task attempt)
    {
        _time.Advance(Resilience.PersistBudget - TimeSpan.FromMilliseconds(1));
        _silence.IsOver.Should().BeFalse("the budget is not used up");
        _time.Advance(TimeSpan.FromMilliseconds(1));
        _silence.IsOver.Should().BeTrue("the budget is used up");
        await attempt;
    }

    private LeasedRecord Record(SecretWriteResult? answer = null)
    {
        var store = new SilentStore(_silence);
        return new(new TokenSetStore(store, _time), store, new SecretKey("Production", "crm"), new SilentLease(_silence, answer), Resilience, keepsMany: false, _time);
    }

    /// <summary>An answer that never comes.</summary>
    private sealed class Silence
    {
        private CancellationToken _asker;

        /// <summary>Whether the asker waits no longer.</summary>
        public bool IsOver => _asker.IsCancellationRequested;

        public async Task<T> KeepAsync<T>(CancellationToken asker)
        {
            _asker = asker;
            await Task.Delay(Timeout.InfiniteTimeSpan, asker);
            throw new InvalidOperationException("The delay has no end.");
        }
    }

    private sealed class SilentStore(Silence silence) : ISecretStore, IRefreshLeaseProvider
    {
        public async ValueTask<LeaseAnswer> TryAcquireAsync(SecretKey key, LeaseRequest request, CancellationToken cancellationToken = default) =>
            await silence.KeepAsync<LeaseAnswer>(cancellationToken);

        public async ValueTask<long> AdvanceEpochAsync(SecretKey key, CancellationToken cancellationToken = default) =>
            await silence.KeepAsync<long>(cancellationToken);

        public async ValueTask<SecretEntry?> GetAsync(SecretKey key, CancellationToken cancellationToken = default) =>
            await silence.KeepAsync<SecretEntry?>(cancellationToken);

        public async ValueTask<SecretWriteResult> SetAsync(SecretKey key, SecretWrite write, CancellationToken cancellationToken = default) =>
            await silence.KeepAsync<SecretWriteResult>(cancellationToken);

        public async ValueTask<bool> RemoveAsync(SecretKey key, SecretCondition condition, CancellationToken cancellationToken = default) =>
            await silence.KeepAsync<bool>(cancellationToken);
    }

    private sealed class SilentLease(Silence silence, SecretWriteResult? answerToWrites) : RefreshLease(1, isTakeover: false, RefreshState.Alive)
    {
        public override async ValueTask<LeaseRenewal> RenewAsync(TimeSpan duration, CancellationToken cancellationToken = default) =>
            await silence.KeepAsync<LeaseRenewal>(cancellationToken);

        public override async ValueTask<SecretWriteResult> WriteAsync(
            SecretWrite write, RefreshState? stateToLeave, CancellationToken cancellationToken = default) =>
            answerToWrites ?? await silence.KeepAsync<SecretWriteResult>(cancellationToken);

        public override async ValueTask ReleaseAsync(RefreshState state, CancellationToken cancellationToken = default) =>
            await silence.KeepAsync<bool>(cancellationToken);
    }
}
