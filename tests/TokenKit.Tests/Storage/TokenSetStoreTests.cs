using FsCheck;
using FsCheck.Fluent;
using TokenKit.Storage;
using TokenKit.Testing;
using TokenKit.Values;

namespace TokenKit.Tests;

/// <summary>Token sets between the library's clock and the store's.</summary>
public class TokenSetStoreTests
{
    private static readonly SecretKey Key = new("Production", "crm") { Kind = SecretKind.TokenSet };

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
        read!.LifeOf(read.Set, time).At(ClockReading.Now(time)).Should().Be(Freshness.Expired);
    }

    [Fact]
    public async Task The_store_in_memory_keeps_the_very_token_that_callers_are_given()
    {
        var time = new ManualTimeProvider();
        var store = new InMemorySecretStore(time);
        var set = await WriteAsync(store, time);
        time.Advance(TimeSpan.FromMinutes(1));

        var read = await new TokenSetStore(store, time).ReadAsync(Key, default);

        read!.Set.Should().BeSameAs(set);
    }

    [Fact]
    public async Task What_the_store_in_memory_was_given_as_it_is_can_be_read_as_bytes()
    {
        var time = new ManualTimeProvider();
        var store = new InMemorySecretStore(time);
        var set = await WriteAsync(store, time);
        time.Advance(TimeSpan.FromMinutes(1));

        var entry = await store.GetAsync(Key);

        entry!.Age.Should().Be(TimeSpan.FromMinutes(1));
        TokenSetCodec.Decode(entry, ClockReading.Now(time), Key).Last.Should().Be(set);
    }

    [Fact]
    public void A_token_set_kept_as_it_is_lives_as_long_as_one_kept_as_bytes() => Check.QuickThrowOnFailure(
        Prop.ForAll(
            ArbMap.Default.ArbFor<(NonNegativeInt Lived, int JumpBefore, NonNegativeInt Stored, int JumpAfter)>(),
            drawn =>
            {
                var time = new ManualTimeProvider();
                var (asIs, asBytes) = (new InMemorySecretStore(time), new StoreThatTakes(new InMemorySecretStore(time), static () => { }));
                var set = new TokenSet
                {
                    AccessToken = new SecretText("access"),
                    RefreshToken = new SecretText("refresh"),
                    ObtainedAt = time.GetUtcNow(),
                    Lifetime = TimeSpan.FromHours(1),
                    RefreshAfter = TimeSpan.FromMinutes(45),
                    RefreshTokenExpiresAt = time.GetUtcNow().AddDays(3),
                };
                time.Advance(TimeSpan.FromSeconds(drawn.Lived.Get));
                time.JumpWallClock(TimeSpan.FromSeconds(drawn.JumpBefore));
                foreach (var store in new ISecretStore[] { asIs, asBytes })
                {
                    new TokenSetStore(store, time).WriteAsync(Key, set, SecretCondition.Any, default).Wait();
                }

                time.Advance(TimeSpan.FromSeconds(drawn.Stored.Get));
                time.JumpWallClock(TimeSpan.FromSeconds(drawn.JumpAfter));

                var kept = new TokenSetStore(asIs, time).ReadAsync(Key, default).AsTask().Result!.Set;
                var encoded = new TokenSetStore(asBytes, time).ReadAsync(Key, default).AsTask().Result!.Set;
                return kept == encoded;
            }));

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

        public ValueTask<SecretWriteResult> SetAsync(SecretKey key, SecretWrite write, CancellationToken cancellationToken = default) =>
            inner.SetAsync(key, write, cancellationToken);

        public ValueTask<bool> RemoveAsync(SecretKey key, SecretCondition condition, CancellationToken cancellationToken = default) =>
            inner.RemoveAsync(key, condition, cancellationToken);
    }
}
