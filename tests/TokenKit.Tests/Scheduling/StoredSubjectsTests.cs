using Microsoft.Extensions.DependencyInjection;
using TokenKit.Scheduling;
using TokenKit.Source;
using TokenKit.Storage;
using TokenKit.Testing;
using TokenKit.Work;

namespace TokenKit.Tests;

/// <summary>Subjects that an earlier process stored are kept alive although this one never served them; in virtual time and on one thread.</summary>
public class StoredSubjectsTests
{
    private static readonly TimeSpan Week = TimeSpan.FromDays(7);

    [Fact]
    public void After_a_restart_stored_subjects_are_kept_alive_although_nobody_asks() => OnOneThread(async () =>
    {
        const int Subjects = 1100;
        var store = new ListedStore();
        await StoreAsync(store, Subjects);
        await using var host = Host(store);

        await host.StartAsync();
        store.Time.Advance(TimeSpan.FromDays(6));
        host.Endpoint.TokenRequests.Should().Be(0, "none is due yet");
        store.Time.Advance(TimeSpan.FromDays(1));

        host.Endpoint.TokenRequests.Should().Be(Subjects, "each once, between 6.3 and 7 days");
        store.Pages.Should().BeGreaterThan(2, "more than fit on one page");
    });

    [Fact]
    public void After_a_restart_the_files_of_a_directory_say_whom_to_keep_alive() => OnOneThread(async () =>
    {
        using var directory = new StoreDirectory();
        await StoreAsync(directory.Open(), directory.Time, 20);
        await using var host = Host(directory.Open(), directory.Time);

        await host.StartAsync();
        directory.Time.Advance(TimeSpan.FromDays(6));
        host.Endpoint.TokenRequests.Should().Be(0, "none is due yet");
        directory.Time.Advance(TimeSpan.FromDays(1));

        host.Endpoint.TokenRequests.Should().Be(20);
    });

    [Fact]
    public void Several_processes_share_the_work_and_make_one_request_for_each_renewal() => OnOneThread(async () =>
    {
        const int Subjects = 200;
        var store = new ListedStore();
        await StoreAsync(store, Subjects);
        await using var first = Host(store);
        await using var second = Host(store, sharing: first);
        await using var third = Host(store, sharing: first);
        await first.StartAsync();
        await second.StartAsync();
        await third.StartAsync();

        store.Time.Advance(Week);
        first.Endpoint.TokenRequests.Should().Be(Subjects);
        store.Time.Advance(3 * Week);

        first.Endpoint.TokenRequests.Should().BeInRange(4 * Subjects, (int)(4.5 * Subjects), "every 6.3 to 7 days, whoever does it");
    });

    [Fact]
    public void What_another_process_renews_meanwhile_costs_nothing() => OnOneThread(async () =>
    {
        var store = new ListedStore();
        await StoreAsync(store, 10);
        await using var host = Host(store);
        await host.StartAsync();

        for (var day = 0; day < 30; day++)
        {
            store.Time.Advance(TimeSpan.FromDays(1));
            await StoreAsync(store, 10);
        }

        host.Endpoint.TokenRequests.Should().Be(0);
    });

    [Fact]
    public void What_was_forgotten_and_what_belongs_to_others_is_left_alone() => OnOneThread(async () =>
    {
        var store = new ListedStore();
        await StoreAsync(store, 3);
        await using var host = Host(store);
        var seed = new TokenSet { RefreshToken = new SecretText("rt"), ObtainedAt = store.Time.GetUtcNow() };
        var sets = new TokenSetStore(store, store.Time);
        await sets.WriteAsync(new SecretKey("Staging", TokenHost.Name, "north") { Kind = SecretKind.TokenSet }, seed, SecretCondition.Any, default);
        await sets.WriteAsync(new SecretKey("Production", TokenHost.Name + "-other", "north") { Kind = SecretKind.TokenSet }, seed, SecretCondition.Any, default);
        await host.StartAsync();
        await host.Source.ForgetAsync("shop-1");

        store.Time.Advance(TimeSpan.FromDays(8));

        host.Endpoint.TokenRequests.Should().Be(2);
    });

    [Fact]
    public void A_store_that_cannot_be_listed_for_a_while_is_asked_again() => OnOneThread(async () =>
    {
        var store = new ListedStore();
        await StoreAsync(store, 3);
        store.FailingLists = 5;
        await using var host = Host(store);
        await host.StartAsync();

        store.Time.Advance(TimeSpan.FromDays(8));

        host.Endpoint.TokenRequests.Should().Be(3);
    });

    [Fact]
    public void A_store_that_does_not_say_how_old_its_secrets_are_is_read() => OnOneThread(async () =>
    {
        var store = new ListedStore { KnowsAges = false };
        await StoreAsync(store, 3);
        await using var host = Host(store);
        await host.StartAsync();

        store.Time.Advance(TimeSpan.FromDays(6));
        host.Endpoint.TokenRequests.Should().Be(0);
        store.Time.Advance(TimeSpan.FromDays(1));

        host.Endpoint.TokenRequests.Should().Be(3);
    });

    [Fact]
    public void Subjects_that_the_store_can_list_are_not_remembered_until_they_are_due() => OnOneThread(async () =>
    {
        var store = new ListedStore();
        await using var host = Host(store);
        await host.StartAsync();
        for (var subject = 0; subject < 300; subject++)
        {
            await host.Source.GetTokenAsync(new TokenDemand { Subject = $"shop-{subject}" });
        }

        store.Time.Advance(TimeSpan.FromHours(1));

        host.Services.GetRequiredKeyedService<TokenComposition>(TokenHost.Name).Flights.Slots.Should().ContainSingle();
        host.Services.GetRequiredService<RefreshScheduler>().Waiting.Should().BeLessThanOrEqualTo(1);
        store.Time.Advance(Week);
        host.Endpoint.TokenRequests.Should().Be(600);
    });

    [Fact]
    public void Secrets_of_subjects_under_the_name_of_the_token_are_not_looked_at() => OnOneThread(async () =>
    {
        var store = new ListedStore();
        for (var subject = 0; subject < 300; subject++)
        {
            await store.SetAsync(StoredTokens.Key with { Kind = SecretKind.Secret, Subject = $"shop-{subject}" }, new SecretWrite("a password"u8.ToArray(), SecretCondition.Any));
        }

        await using var host = Host(store);
        await host.StartAsync();
        store.Time.Advance(TimeSpan.FromDays(8));

        store.Pages.Should().BePositive("the store was listed");
        store.Reads.Should().BeLessThan(300, "none of what is no token set was read");
    });

    [Fact]
    public void Without_keep_alive_stored_subjects_are_left_alone() => OnOneThread(async () =>
    {
        var store = new ListedStore();
        await StoreAsync(store, 3);
        await using var host = Host(store, keepAlive: null);
        await host.StartAsync();

        store.Time.Advance(TimeSpan.FromDays(30));

        host.Endpoint.TokenRequests.Should().Be(0);
        store.Pages.Should().Be(0);
    });

    // As another process does that serves them.
    private static Task StoreAsync(ListedStore store, int subjects) => StoreAsync(store, store.Time, subjects);

    private static async Task StoreAsync(ISecretStore store, ManualTimeProvider time, int subjects)
    {
        var sets = new TokenSetStore(store, time);
        for (var subject = 0; subject < subjects; subject++)
        {
            var set = new TokenSet
            {
                AccessToken = new SecretText($"stored-{subject}"),
                ObtainedAt = time.GetUtcNow(),
                Lifetime = TimeSpan.FromHours(1),
                RefreshAfter = TimeSpan.FromMinutes(45),
            };
            await sets.WriteAsync(StoredTokens.Key with { Subject = $"shop-{subject}" }, set, SecretCondition.Any, default);
        }
    }

    private static TokenHost Host(ListedStore store, TokenHost? sharing = null, bool? keepAlive = true) => Host(store, store.Time, sharing, keepAlive);

    private static TokenHost Host<TStore>(TStore store, ManualTimeProvider time, TokenHost? sharing = null, bool? keepAlive = true)
        where TStore : class, ISecretStore, IRefreshLeaseProvider => TokenHost.WithClientCredentials(
        options => options.Freshness.KeepAlive = keepAlive is true ? Week : null,
        services =>
        {
            services.AddStore(store);
            services.AddSingleton<IWorkSpawner>(new InlineSpawner());
        },
        sharing: sharing,
        time: time);

    private static void OnOneThread(Func<Task> test) => RefreshSchedulerTests.OnOneThread(test);
}
