namespace TokenKit.Tests;

/// <summary>What a process makes of the hint that another one has written.</summary>
public class ChangesElsewhereTests
{
    private static readonly SecretKey Key = new("Production", TokenHost.Name) { Kind = SecretKind.TokenSet };

    [Fact]
    public async Task A_copy_that_another_process_replaced_is_dropped_at_once_and_what_is_stored_comes_in_its_place()
    {
        var (store, first, second) = await ShareAsync();
        await using (first)
        await using (second)
        {
            await first.Refresher.RefreshAsync();
            second.Cached!.Reveal().Should().Be("access-1", "nothing was told yet");

            store.Raise(await LastWriteAsync(store));

            await TokenHost.HappensAtOnceAsync(() => second.Cached?.Reveal() == "access-2", "the new token is there without anybody asking");
            first.Endpoint.TokenRequests.Should().Be(2);
        }
    }

    [Fact]
    public async Task What_is_told_of_a_write_that_is_known_changes_nothing()
    {
        var (store, first, second) = await ShareAsync();
        await using (first)
        await using (second)
        {
            var known = second.Cached;
            var reads = store.Reads;

            store.Raise(await LastWriteAsync(store));

            second.Cached.Should().BeSameAs(known);
            store.Reads.Should().Be(reads + 1, "only this test has read");
        }
    }

    [Theory]
    [InlineData(SecretKind.TokenSet, "Staging", TokenHost.Name, "")]
    [InlineData(SecretKind.TokenSet, "Production", "another", "")]
    [InlineData(SecretKind.TokenSet, "Production", TokenHost.Name, "nobody asked for")]
    [InlineData(SecretKind.Secret, "Production", TokenHost.Name, "")]
    public async Task What_is_told_of_another_secret_changes_nothing(SecretKind kind, string environment, string name, string subject)
    {
        var (store, first, second) = await ShareAsync();
        await using (first)
        await using (second)
        {
            var known = second.Cached;

            store.Raise(new SecretChange { Key = new SecretKey(environment, name, subject) { Kind = kind }, WrittenEpoch = long.MaxValue, WrittenSequence = 1 });

            second.Cached.Should().BeSameAs(known);
        }
    }

    [Fact]
    public async Task A_copy_of_what_was_removed_is_dropped_and_nothing_is_asked_for()
    {
        var (store, first, second) = await ShareAsync();
        await using (first)
        await using (second)
        {
            await first.Source.ForgetAsync();

            store.Raise(new SecretChange { Key = Key, WrittenEpoch = 9, WrittenSequence = 1, IsRemoved = true });

            second.Cached.Should().BeNull();
            first.Endpoint.TokenRequests.Should().Be(1);
        }
    }

    [Fact]
    public async Task A_removal_that_is_told_late_or_once_more_drops_nothing_that_was_written_since()
    {
        var (store, first, second) = await ShareAsync();
        await using (first)
        await using (second)
        {
            var held = second.Cached;

            store.Raise(new SecretChange { Key = Key, WrittenEpoch = 0, WrittenSequence = 1, IsRemoved = true });

            second.Cached.Should().NotBeNull().And.BeSameAs(held);
        }
    }

    [Fact]
    public async Task A_removal_without_an_epoch_of_its_own_drops_what_was_written_last()
    {
        var (store, first, second) = await ShareAsync();
        await using (first)
        await using (second)
        {
            var entry = (await store.GetAsync(Key))!;
            var removed = new SecretChange { Key = Key, WrittenEpoch = entry.WrittenEpoch, WrittenSequence = entry.WrittenSequence, IsRemoved = true };

            store.Raise(removed);

            second.Cached.Should().BeNull();
        }
    }

    [Fact]
    public async Task A_token_that_was_refused_is_renewed_although_it_was_read_from_the_store_again()
    {
        var (store, first, second) = await ShareAsync();
        await using (first)
        await using (second)
        {
            var refused = second.Cached!;
            store.Raise(new SecretChange { Key = Key, WrittenEpoch = long.MaxValue, WrittenSequence = 1 });
            var again = await second.Source.GetTokenAsync();
            again.Reveal().Should().Be(refused.Reveal(), "another instance stored something else beside it");
            again.Should().NotBeSameAs(refused);

            (await second.Source.GetTokenAsync(new TokenDemand { Rejected = refused })).Reveal().Should().Be("access-2");
        }
    }

    [Fact]
    public async Task An_instance_that_ended_is_told_nothing()
    {
        var (store, first, second) = await ShareAsync();
        await first.DisposeAsync();
        store.IsHeard.Should().BeTrue();

        await second.DisposeAsync();

        store.IsHeard.Should().BeFalse();
    }

    private static async Task<SecretChange> LastWriteAsync(FaultyStore store)
    {
        var stored = (await store.GetAsync(Key))!;
        return new SecretChange { Key = Key, WrittenEpoch = stored.WrittenEpoch, WrittenSequence = stored.WrittenSequence };
    }

    private static async Task<(FaultyStore Store, TokenHost First, TokenHost Second)> ShareAsync()
    {
        var store = new FaultyStore();
        var first = TokenHost.WithRefreshToken(services: services => services.AddStore(store), time: store.Time);
        var second = TokenHost.WithRefreshToken(services: services => services.AddStore(store), sharing: first);
        await first.Source.GetTokenAsync();
        await second.Source.GetTokenAsync();
        await first.FlightEndedAsync();
        await second.FlightEndedAsync();
        return (store, first, second);
    }
}
