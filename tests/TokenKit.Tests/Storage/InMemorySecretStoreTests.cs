using TokenKit.Testing;

namespace TokenKit.Tests;

public sealed class InMemorySecretStoreTests : SecretStoreContract
{
    private static readonly SecretKey Key = new("Test", "crm");

    public static TheoryData<string> Names => [.. new InMemorySecretStoreTests().Checks.Select(static check => check.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public Task Keeps_the_contract(string name) => Checks.Single(check => check.Name == name).RunAsync();

    [Fact]
    public async Task The_age_is_the_time_since_the_write()
    {
        var time = new ManualTimeProvider();
        var store = new InMemorySecretStore(time);
        await store.SetAsync(Key, new SecretWrite("value"u8.ToArray(), SecretCondition.Any));

        time.Advance(TimeSpan.FromMinutes(7));

        (await store.GetAsync(Key))!.Age.Should().Be(TimeSpan.FromMinutes(7));
    }

    [Fact]
    public async Task The_age_is_not_negative_when_the_wall_clock_goes_back()
    {
        var time = new ManualTimeProvider();
        var store = new InMemorySecretStore(time);
        await store.SetAsync(Key, new SecretWrite("value"u8.ToArray(), SecretCondition.Any));

        time.JumpWallClock(TimeSpan.FromDays(-1));

        (await store.GetAsync(Key))!.Age.Should().Be(TimeSpan.Zero);
    }

    [Fact]
    public async Task Taking_and_advancing_do_not_change_the_age()
    {
        var time = new ManualTimeProvider();
        var store = new InMemorySecretStore(time);
        await store.SetAsync(Key, new SecretWrite("value"u8.ToArray(), SecretCondition.Any));
        time.Advance(TimeSpan.FromMinutes(1));

        await store.TryTakeAsync(Key, TimeSpan.FromMinutes(1));
        await store.AdvanceEpochAsync(Key);

        (await store.GetAsync(Key))!.Age.Should().Be(TimeSpan.FromMinutes(1));
    }

    [Fact]
    public async Task A_lease_runs_out_at_its_time_and_not_before()
    {
        var time = new ManualTimeProvider();
        var store = new InMemorySecretStore(time);
        await store.TryTakeAsync(Key, TimeSpan.FromSeconds(45));

        time.Advance(TimeSpan.FromSeconds(45) - TimeSpan.FromTicks(1));
        (await store.TryTakeAsync(Key, TimeSpan.FromSeconds(45))).Should().BeNull();

        time.Advance(TimeSpan.FromTicks(1));
        (await store.TryTakeAsync(Key, TimeSpan.FromSeconds(45)))!.IsTakeover.Should().BeTrue();
    }

    [Fact]
    public async Task A_renewed_lease_counts_from_its_renewal()
    {
        var time = new ManualTimeProvider();
        var store = new InMemorySecretStore(time);
        var lease = (await store.TryTakeAsync(Key, TimeSpan.FromSeconds(45)))!;
        time.Advance(TimeSpan.FromSeconds(40));

        (await lease.RenewAsync(TimeSpan.FromSeconds(45))).IsHeld.Should().BeTrue();

        time.Advance(TimeSpan.FromSeconds(40));
        (await store.TryTakeAsync(Key, TimeSpan.FromSeconds(45))).Should().BeNull();
    }

    [Fact]
    public async Task A_jump_of_the_wall_clock_does_not_end_a_lease()
    {
        var time = new ManualTimeProvider();
        var store = new InMemorySecretStore(time);
        await store.TryTakeAsync(Key, TimeSpan.FromSeconds(45));

        time.JumpWallClock(TimeSpan.FromDays(1));

        (await store.TryTakeAsync(Key, TimeSpan.FromSeconds(45))).Should().BeNull();
    }

    [Fact]
    public async Task A_wait_is_counted_down_for_the_next_holder()
    {
        var time = new ManualTimeProvider();
        var store = new InMemorySecretStore(time);
        var throttled = new RefreshState { Status = GrantStatus.Alive, Reason = RefreshFailureReason.Throttled, NotBefore = TimeSpan.FromMinutes(10), Failures = 1 };
        await (await store.TryTakeAsync(Key, TimeSpan.FromSeconds(45)))!.ReleaseAsync(throttled);

        time.Advance(TimeSpan.FromMinutes(4));
        var next = (await store.TryTakeAsync(Key, TimeSpan.FromSeconds(45)))!;

        next.State.Should().Be(throttled with { NotBefore = TimeSpan.FromMinutes(6) });
    }

    [Fact]
    public async Task A_wait_that_is_over_is_zero()
    {
        var time = new ManualTimeProvider();
        var store = new InMemorySecretStore(time);
        var throttled = new RefreshState { Status = GrantStatus.Alive, Reason = RefreshFailureReason.Throttled, NotBefore = TimeSpan.FromMinutes(10), Failures = 1 };
        await (await store.TryTakeAsync(Key, TimeSpan.FromSeconds(45)))!.ReleaseAsync(throttled);

        time.Advance(TimeSpan.FromHours(1));

        (await store.TryTakeAsync(Key, TimeSpan.FromSeconds(45)))!.State.NotBefore.Should().Be(TimeSpan.Zero);
    }

    [Fact]
    public async Task A_lease_without_a_duration_is_refused()
    {
        var store = new InMemorySecretStore();

        var attempt = async () => await store.TryTakeAsync(Key, TimeSpan.Zero);

        await attempt.Should().ThrowAsync<ArgumentOutOfRangeException>();
    }

    protected override ValueTask<StoreUnderTest> OpenAsync()
    {
        var time = new ManualTimeProvider();
        return new(new StoreUnderTest
        {
            Store = new InMemorySecretStore(time),
            LoseLease = _ =>
            {
                time.Advance(TimeSpan.FromDays(1));
                return ValueTask.CompletedTask;
            },
        });
    }
}
