using TokenKit.Storage.Files;
using TokenKit.Testing;

namespace TokenKit.Tests;

public sealed class FileSecretStoreTests : SecretStoreContract
{
    private static readonly SecretKey Key = new("Test", "crm");
    private static readonly TimeSpan LeaseTime = TimeSpan.FromSeconds(45);

    public static TheoryData<string> Names => [.. new FileSecretStoreTests().Checks.Select(static check => check.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public Task Keeps_the_contract_with_two_stores_on_one_directory(string name) =>
        Checks.Single(check => check.Name == name).RunAsync();

    [Fact]
    public async Task Everything_is_there_after_a_restart()
    {
        using var directory = new StoreDirectory();
        using (var before = directory.Open())
        {
            var lease = (await before.TryTakeAsync(Key, LeaseTime))!;
            await before.SetAsync(Key, new SecretWrite("value"u8.ToArray(), SecretCondition.WrittenBefore(lease.Epoch, 1)));
            await lease.ReleaseAsync(new RefreshState { Status = GrantStatus.Alive, Reason = RefreshFailureReason.TimedOut, NotBefore = TimeSpan.FromMinutes(5), Failures = 2 });
        }

        directory.Time.Advance(TimeSpan.FromMinutes(2));
        var after = directory.Open();

        var entry = (await after.GetAsync(Key))!;
        entry.Value.ToArray().Should().Equal("value"u8.ToArray());
        (entry.Version, entry.WrittenEpoch, entry.WrittenSequence).Should().Be((1, 1, 1));
        entry.Age.Should().Be(TimeSpan.FromMinutes(2));
        var next = (await after.TryTakeAsync(Key, LeaseTime))!;
        (next.Epoch, next.IsTakeover).Should().Be((2, false));
        next.State.Should().Be(new RefreshState { Status = GrantStatus.Alive, Reason = RefreshFailureReason.TimedOut, NotBefore = TimeSpan.FromMinutes(3), Failures = 2 });
    }

    [Fact]
    public async Task A_lease_says_when_it_was_given_out()
    {
        using var directory = new StoreDirectory();

        var lease = (await directory.Open().TryTakeAsync(Key, LeaseTime))!;

        lease.GrantedAt.Should().Be(directory.Time.GetUtcNow(), "ages count from it");
    }

    [Fact]
    public async Task Versions_and_epochs_survive_a_removal_and_a_restart()
    {
        using var directory = new StoreDirectory();
        using (var before = directory.Open())
        {
            await before.SetAsync(Key, new SecretWrite("value"u8.ToArray(), SecretCondition.WrittenBefore(7, 1)));
            (await before.RemoveAsync(Key, SecretCondition.Any)).Should().BeTrue();
        }

        var after = directory.Open();

        (await after.GetAsync(Key)).Should().BeNull();
        (await after.AdvanceEpochAsync(Key)).Should().Be(8);
        (await after.SetAsync(Key, new SecretWrite("value"u8.ToArray(), SecretCondition.Any))).Version.Should().Be(2);
    }

    [Fact]
    public async Task A_store_that_ends_with_a_lease_in_hand_is_taken_over()
    {
        using var directory = new StoreDirectory();
        var other = directory.Open();
        var dying = directory.Open();
        var lost = (await dying.TryTakeAsync(Key, LeaseTime))!;
        (await other.TryTakeAsync(Key, LeaseTime)).Should().BeNull();

        dying.Dispose();

        var taken = (await other.TryTakeAsync(Key, LeaseTime))!;
        taken.IsTakeover.Should().BeTrue();
        taken.Epoch.Should().Be(lost.Epoch + 1);
        (await lost.RenewAsync(LeaseTime)).IsHeld.Should().BeFalse();
    }

    [Fact]
    public async Task A_lease_outlives_its_duration_while_its_holder_lives()
    {
        using var directory = new StoreDirectory();
        var holder = directory.Open();
        var lease = (await holder.TryTakeAsync(Key, LeaseTime))!;

        directory.Time.Advance(TimeSpan.FromHours(1));

        (await directory.Open().TryTakeAsync(Key, LeaseTime)).Should().BeNull();
        (await lease.RenewAsync(LeaseTime)).IsHeld.Should().BeTrue();
    }

    [Fact]
    public async Task A_lease_whose_release_cannot_be_written_is_given_back_all_the_same()
    {
        using var directory = new StoreDirectory();
        var store = directory.Open();
        var lease = (await store.TryTakeAsync(Key, LeaseTime))!;
        var record = await File.ReadAllBytesAsync(directory.RecordOf(Key));
        await File.WriteAllBytesAsync(directory.RecordOf(Key), record[..^1]);

        var release = async () => await lease.ReleaseAsync(RefreshState.Alive);
        await release.Should().ThrowAsync<SecretDamagedException>();

        await File.WriteAllBytesAsync(directory.RecordOf(Key), record);
        (await store.TryTakeAsync(Key, LeaseTime))!.IsTakeover.Should().BeTrue();
    }

    [Fact]
    public async Task A_lease_on_a_damaged_record_fails_and_is_not_held_afterwards()
    {
        using var directory = new StoreDirectory();
        var store = directory.Open();
        await store.SetAsync(Key, new SecretWrite("value"u8.ToArray(), SecretCondition.Any));
        var record = await File.ReadAllBytesAsync(directory.RecordOf(Key));
        await File.WriteAllBytesAsync(directory.RecordOf(Key), record[..^1]);

        var attempt = async () => await store.TryTakeAsync(Key, LeaseTime);
        await attempt.Should().ThrowAsync<SecretDamagedException>();

        await File.WriteAllBytesAsync(directory.RecordOf(Key), record);
        (await store.TryTakeAsync(Key, LeaseTime)).Should().NotBeNull();
    }

    [Fact]
    public async Task The_age_is_not_negative_when_the_clock_went_back()
    {
        using var directory = new StoreDirectory();
        var store = directory.Open();
        await store.SetAsync(Key, new SecretWrite("value"u8.ToArray(), SecretCondition.Any));

        directory.Time.JumpWallClock(TimeSpan.FromDays(-400));

        (await store.GetAsync(Key))!.Age.Should().Be(TimeSpan.Zero);
    }

    [Fact]
    public async Task A_directory_that_is_gone_is_trouble_and_not_an_empty_store()
    {
        var directory = new StoreDirectory();
        var store = directory.Open();
        await store.SetAsync(Key, new SecretWrite("value"u8.ToArray(), SecretCondition.Any));
        Directory.Delete(directory.Path, recursive: true);

        var read = async () => await store.GetAsync(Key);

        await read.Should().ThrowAsync<IOException>();
        store.Dispose();
    }

    [Fact]
    public async Task A_disposed_store_says_so()
    {
        using var directory = new StoreDirectory();
        var store = directory.Open();
        store.Dispose();

        var read = async () => await store.GetAsync(Key);

        await read.Should().ThrowAsync<ObjectDisposedException>();
    }

    [Fact]
    public async Task A_write_waits_for_another_process_no_longer_than_it_may()
    {
        using var directory = new StoreDirectory();
        var store = new FileSecretStore(
            new FileStoreOptions { Directory = directory.Path, LockTimeout = TimeSpan.FromMilliseconds(20) },
            new AesGcmSecretProtector(SecretKeyRing.Parse(StoreDirectory.Key)),
            directory.Time);
        await store.SetAsync(Key, new SecretWrite("value"u8.ToArray(), SecretCondition.Any));
        var locks = Directory.GetFiles(directory.Path, "write-*.lock");
        using var held = KernelFileLock.TryTake(locks.Should().ContainSingle().Subject);

        var write = async () => await store.SetAsync(Key, new SecretWrite("value"u8.ToArray(), SecretCondition.Any));

        (await write.Should().ThrowAsync<IOException>()).WithMessage("*was held by another process*");
    }

    [Fact]
    public async Task Sixteen_stores_on_one_directory_lose_no_write()
    {
        using var directory = new StoreDirectory();
        var stores = Enumerable.Range(0, 16).Select(_ => directory.Open()).ToArray();

        await Task.WhenAll(stores.Select(store => Task.Run(async () =>
        {
            for (var index = 0; index < 5; index++)
            {
                (await store.SetAsync(Key, new SecretWrite("value"u8.ToArray(), SecretCondition.Any))).Outcome.Should().Be(SecretWriteOutcome.Written);
            }
        })));

        (await stores[0].GetAsync(Key))!.Version.Should().Be(80);
    }

    protected override ValueTask<StoreUnderTest> OpenAsync()
    {
        var directory = new StoreDirectory();
        return new(new StoreUnderTest
        {
            Store = directory.Open(),
            Second = directory.Open(),
            LoseLease = static lease =>
            {
                // What the kernel does when the process dies.
                ((FileRefreshLease)lease).LetGo();
                return ValueTask.CompletedTask;
            },
            CleanUp = () =>
            {
                directory.Dispose();
                return ValueTask.CompletedTask;
            },
        });
    }
}
