using TokenKit.Testing;

namespace TokenKit.Tests;

/// <summary>Token sets between the library's clock and the store's.</summary>
public class TokenSetStoreTests
{
    private static readonly SecretKey Key = new("Production", "crm");

    [Fact]
    public async Task A_store_that_answers_late_does_not_make_a_token_look_younger()
    {
        var time = new ManualTimeProvider();
        var inner = new InMemorySecretStore(time);
        var set = await WriteAsync(inner, time);

        var late = new StoreThatTakes(inner, () => time.Advance(TimeSpan.FromMinutes(1)));
        var read = await new TokenSetStore(late, time).ReadAsync(Key, default);

        (read!.Set.ObtainedAt + read.Set.Lifetime).Should().BeOnOrBefore(set.ObtainedAt + set.Lifetime);
    }

    [Fact]
    public async Task A_wall_clock_set_back_while_the_store_answers_does_not_stretch_a_life()
    {
        var time = new ManualTimeProvider();
        var inner = new InMemorySecretStore(time);
        await WriteAsync(inner, time);

        var store = new StoreThatTakes(inner, () => time.JumpWallClock(TimeSpan.FromDays(-1000)));
        var read = await new TokenSetStore(store, time).ReadAsync(Key, default);

        time.Advance(TimeSpan.FromMinutes(10));
        read!.Life(time).At(ClockReading.Now(time)).Should().Be(Freshness.Expired);
    }

    private static async Task<TokenSet> WriteAsync(ISecretStore store, ManualTimeProvider time)
    {
        var set = new TokenSet
        {
            AccessToken = new SecretText("access"), ObtainedAt = time.GetUtcNow(), Lifetime = TimeSpan.FromMinutes(10), RefreshAfter = TimeSpan.FromMinutes(8),
        };
        await new TokenSetStore(store, time).WriteAsync(Key, set, SecretCondition.Any, default);
        return set;
    }

    private sealed class StoreThatTakes(InMemorySecretStore inner, Action meanwhile) : ISecretStore
    {
        public async ValueTask<SecretEntry?> GetAsync(SecretKey key, CancellationToken cancellationToken = default)
        {
            var entry = await inner.GetAsync(key, cancellationToken);
            meanwhile();
            return entry;
        }

        public ValueTask<SecretWriteResult> SetAsync(
            SecretKey key, ReadOnlyMemory<byte> value, SecretCondition condition, CancellationToken cancellationToken = default) =>
            inner.SetAsync(key, value, condition, cancellationToken);

        public ValueTask<bool> RemoveAsync(SecretKey key, SecretCondition condition, CancellationToken cancellationToken = default) =>
            inner.RemoveAsync(key, condition, cancellationToken);
    }
}
