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
        var set = new TokenSet
        {
            AccessToken = new SecretText("access"), ObtainedAt = time.GetUtcNow(), Lifetime = TimeSpan.FromMinutes(10), RefreshAfter = TimeSpan.FromMinutes(8),
        };
        await new TokenSetStore(inner, time).WriteAsync(Key, set, SecretCondition.Any, default);

        var read = await new TokenSetStore(new LateStore(inner, time), time).ReadAsync(Key, default);

        (read!.Set.ObtainedAt + read.Set.Lifetime).Should().BeOnOrBefore(set.ObtainedAt + set.Lifetime);
    }

    private sealed class LateStore(InMemorySecretStore inner, ManualTimeProvider time) : ISecretStore
    {
        public async ValueTask<SecretEntry?> GetAsync(SecretKey key, CancellationToken cancellationToken = default)
        {
            var entry = await inner.GetAsync(key, cancellationToken);
            time.Advance(TimeSpan.FromMinutes(1));
            return entry;
        }

        public ValueTask<SecretWriteResult> SetAsync(
            SecretKey key, ReadOnlyMemory<byte> value, SecretCondition condition, CancellationToken cancellationToken = default) =>
            inner.SetAsync(key, value, condition, cancellationToken);

        public ValueTask<bool> RemoveAsync(SecretKey key, SecretCondition condition, CancellationToken cancellationToken = default) =>
            inner.RemoveAsync(key, condition, cancellationToken);
    }
}
