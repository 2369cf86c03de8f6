using System.Text;
using TokenKit.Storage;
using TokenKit.Testing;

namespace TokenKit.Tests;

/// <summary>A store that keeps values as they come, behind the decorator that seals them.</summary>
public sealed class SealedSecretStoreTests : SecretStoreContract
{
    private static readonly SecretKey Key = new("Test", "crm", "north");

    private readonly ManualTimeProvider _time = new();

    public static TheoryData<string> Names => [.. new SealedSecretStoreTests().Checks.Select(static check => check.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public Task The_contract_holds(string name) => Checks.Single(check => check.Name == name).RunAsync();

    [Fact]
    public async Task The_inner_store_sees_no_value_however_it_is_written()
    {
        var inner = new InMemorySecretStore(_time);
        var store = Around(inner);
        await store.SetAsync(Key, Write("any-secret", SecretCondition.Any));
        await DemandSealedAsync(inner, "any-secret");
        var lease = (await store.TryTakeAsync(Key, TimeSpan.FromMinutes(1)))!;
        await store.SetAsync(Key, Write("fenced-secret", SecretCondition.WrittenBefore(lease.Epoch, 1)));
        await DemandSealedAsync(inner, "fenced-secret");
        await lease.WriteAsync(Write("leased-secret", SecretCondition.WrittenBefore(lease.Epoch, 2)), RefreshState.Alive);
        await DemandSealedAsync(inner, "leased-secret");

        Text(await store.GetAsync(Key)).Should().Be("leased-secret");
        Text((await store.TryAcquireAsync(Key, new LeaseRequest(TimeSpan.FromMinutes(1)) { KnownVersion = 0 })).Entry).Should().Be("leased-secret");
        Text((await lease.RenewAsync(TimeSpan.FromMinutes(1))).Entry).Should().Be("leased-secret");
    }

    [Fact]
    public async Task A_value_that_was_moved_to_another_key_does_not_open()
    {
        var inner = new InMemorySecretStore(_time);
        var store = Around(inner);
        var other = Key with { Subject = "south" };
        await store.SetAsync(Key, Write("secret", SecretCondition.Any));
        await inner.SetAsync(other, new SecretWrite((await inner.GetAsync(Key))!.Value, SecretCondition.Any));

        await DemandDamagedAsync(() => store.GetAsync(other).AsTask(), other);
    }

    [Fact]
    public async Task A_value_of_an_earlier_write_does_not_open_under_the_numbers_of_a_later_one()
    {
        var inner = new InMemorySecretStore(_time);
        var store = Around(inner);
        await store.SetAsync(Key, Write("former", SecretCondition.WrittenBefore(1, 1)));
        var former = (await inner.GetAsync(Key))!.Value;
        await inner.SetAsync(Key, new SecretWrite(former, SecretCondition.WrittenBefore(2, 1)));

        await DemandDamagedAsync(() => store.GetAsync(Key).AsTask(), Key);
    }

    [Theory]
    [InlineData("")]
    [InlineData("a value that nobody sealed")]
    [InlineData("\u0001\u0000")]
    public async Task What_was_not_sealed_is_damaged_and_its_lease_is_free(string value)
    {
        var inner = new InMemorySecretStore(_time);
        var store = Around(inner);
        await inner.SetAsync(Key, Write(value, SecretCondition.Any));

        await DemandDamagedAsync(() => store.GetAsync(Key).AsTask(), Key);
        await DemandDamagedAsync(() => store.TryTakeAsync(Key, TimeSpan.FromMinutes(1)).AsTask(), Key);
        (await inner.TryTakeAsync(Key, TimeSpan.FromMinutes(1)))!.IsTakeover.Should().BeFalse();
    }

    [Fact]
    public void What_the_inner_store_can_do_is_not_lost()
    {
        Around(new ListedStore()).As<ISecretCatalog>().Should().BeOfType<ListedStore>();
        Around(new FaultyStore()).As<ISecretChanges>().Should().BeOfType<FaultyStore>();
        Around(new InMemorySecretStore()).As<ISecretCatalog>().Should().BeNull();
        SealedSecretStore.Around(Around(new ListedStore()), Protector()).As<ISecretCatalog>().Should().BeOfType<ListedStore>("also behind two");
    }

    protected override ValueTask<StoreUnderTest> OpenAsync()
    {
        var time = new ManualTimeProvider();
        return new(new StoreUnderTest
        {
            Store = Around(new InMemorySecretStore(time)),
            LoseLease = _ =>
            {
                time.Advance(TimeSpan.FromDays(1));
                return ValueTask.CompletedTask;
            },
        });
    }

    private static SealedSecretStore Around<T>(T inner)
        where T : class, ISecretStore, IRefreshLeaseProvider => SealedSecretStore.Around(inner, Protector());

    private static AesGcmSecretProtector Protector() => new(SecretKeyRing.Parse(StoreDirectory.Key));

    private static SecretWrite Write(string value, SecretCondition condition) => new(Encoding.UTF8.GetBytes(value), condition);

    private static string? Text(SecretEntry? entry) => entry is null ? null : Encoding.UTF8.GetString(entry.Value.Span);

    private static async Task DemandSealedAsync(InMemorySecretStore inner, string secret) =>
        (await inner.GetAsync(Key))!.Value.Span.IndexOf(Encoding.UTF8.GetBytes(secret)).Should().Be(-1);

    private static async Task DemandDamagedAsync(Func<Task> call, SecretKey key) =>
        await call.Should().ThrowAsync<SecretDamagedException>().WithMessage($"*'{key}' cannot be read*");
}
