using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using TokenKit.Storage;
using TokenKit.Testing;

namespace TokenKit.Tests;

public sealed class TokenRefreshBuilderStoreExtensionsTests : IDisposable
{
    private static readonly SecretKey Key = new("Test", "crm");
    private static readonly string OtherKey = Convert.ToBase64String(Enumerable.Repeat((byte)7, 32).ToArray());

    private readonly StoreDirectory _directory = new();
    private readonly ServiceCollection _services = [];

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void Store_and_lease_are_one_object()
    {
        Builder("crm").UseInMemoryStore();
        Builder("erp").UseFileStore(_directory.Path).UseAesGcm(StoreDirectory.Key);
        using var provider = Build();

        StoreOf(provider, "crm").Should().BeOfType<InMemorySecretStore>().And.BeSameAs(LeasesOf(provider, "crm"));
        StoreOf(provider, "erp").Should().BeOfType<FileSecretStore>().And.BeSameAs(LeasesOf(provider, "erp"));
    }

    [Fact]
    public void A_store_of_ones_own_gives_the_leases_as_well_and_may_be_shared()
    {
        _services.AddSingleton(new FaultyStore());
        Builder("crm").UseInMemoryStore().UseStore(static services => services.GetRequiredService<FaultyStore>());
        Builder("erp").UseStore(static services => services.GetRequiredService<FaultyStore>());
        Builder("shop").UseStore(static _ => new FaultyStore()).UseInMemoryStore();
        using var provider = Build();

        StoreOf(provider, "crm").Should().BeOfType<FaultyStore>().And.BeSameAs(LeasesOf(provider, "crm")).And.BeSameAs(StoreOf(provider, "erp"));
        provider.GetKeyedService<InMemoryStoreIsIntended>("crm").Should().BeNull("another store was chosen after it");
        StoreOf(provider, "shop").Should().BeOfType<InMemorySecretStore>("the last choice counts");
    }

    [Fact]
    public void A_function_that_finds_no_store_is_named()
    {
        Builder("crm").UseStore<FaultyStore>(static _ => null!);
        using var provider = Build();

        var open = () => StoreOf(provider, "crm");

        open.Should().Throw<InvalidOperationException>().WithMessage("*UseStore*'crm'*");
    }

    [Fact]
    public void Registrations_in_memory_share_one_store_and_say_that_they_mean_it()
    {
        Builder("crm").UseInMemoryStore();
        Builder("erp").UseInMemoryStore();
        using var provider = Build();

        StoreOf(provider, "crm").Should().BeSameAs(StoreOf(provider, "erp"));
        provider.GetKeyedService<InMemoryStoreIsIntended>("crm").Should().NotBeNull();
        provider.GetKeyedService<InMemoryStoreIsIntended>("other").Should().BeNull();
    }

    [Fact]
    public void Registrations_on_one_directory_share_one_store()
    {
        Builder("crm").UseFileStore(_directory.Path).UseAesGcm(StoreDirectory.Key);
        Builder("erp").UseFileStore(Path.Combine(_directory.Path, "x", "..") + "/").UseAesGcm(StoreDirectory.Key);
        using var provider = Build();

        StoreOf(provider, "crm").Should().BeSameAs(StoreOf(provider, "erp"));
    }

    [Fact]
    public void Registrations_on_one_directory_with_different_keys_are_refused()
    {
        Builder("crm").UseFileStore(_directory.Path).UseAesGcm(StoreDirectory.Key);
        Builder("erp").UseFileStore(_directory.Path).UseAesGcm(OtherKey);
        using var provider = Build();
        StoreOf(provider, "crm");

        var open = () => StoreOf(provider, "erp");

        open.Should().Throw<InvalidOperationException>().WithMessage("*'crm' and 'erp'*different keys*");
    }

    [Fact]
    public void A_file_store_without_a_protector_stops_the_start_and_names_the_call()
    {
        Builder("crm").UseFileStore(_directory.Path);
        using var provider = Build();

        var start = () => provider.GetRequiredService<IStartupValidator>().Validate();

        start.Should().Throw<OptionsValidationException>().WithMessage("*'crm'*UseAesGcm*");
    }

    [Fact]
    public async Task A_protector_for_all_serves_a_file_store_too()
    {
        Builder("crm").UseFileStore(_directory.Path);
        _services.AddSingleton<ISecretProtector>(new AesGcmSecretProtector(SecretKeyRing.Parse(StoreDirectory.Key)));
        await using var provider = Build();

        provider.GetRequiredService<IStartupValidator>().Validate();
        await StoreOf(provider, "crm").SetAsync(Key, new SecretWrite("value"u8.ToArray(), SecretCondition.Any));

        (await _directory.Open().GetAsync(Key)).Should().NotBeNull();
    }

    [Fact]
    public void Further_options_are_applied_and_validated()
    {
        Builder("crm").UseFileStore(_directory.Path, static options => options.LockTimeout = TimeSpan.Zero).UseAesGcm(StoreDirectory.Key);
        using var provider = Build();

        var start = () => provider.GetRequiredService<IStartupValidator>().Validate();

        start.Should().Throw<OptionsValidationException>().WithMessage("*'crm'*LockTimeout is 00:00:00*");
    }

    [Fact]
    public void A_directory_removed_by_later_options_is_missed()
    {
        Builder("crm").UseFileStore(_directory.Path, static options => options.Directory = " ").UseAesGcm(StoreDirectory.Key);
        using var provider = Build();

        var start = () => provider.GetRequiredService<IStartupValidator>().Validate();

        start.Should().Throw<OptionsValidationException>().WithMessage("*'crm'*Directory is empty*");
    }

    [Fact]
    public void The_last_choice_of_a_store_counts()
    {
        Builder("crm").UseFileStore(_directory.Path).UseInMemoryStore();
        Builder("erp").UseInMemoryStore().UseFileStore(_directory.Path).UseAesGcm(OtherKey).UseAesGcm(StoreDirectory.Key);
        using var provider = Build();

        provider.GetRequiredService<IStartupValidator>().Validate();
        StoreOf(provider, "crm").Should().BeOfType<InMemorySecretStore>();
        StoreOf(provider, "erp").Should().BeOfType<FileSecretStore>();
        provider.GetKeyedService<InMemoryStoreIsIntended>("erp").Should().BeNull();
        provider.GetKeyedServices<ISecretStore>("crm").Should().ContainSingle();
        provider.GetKeyedServices<ISecretProtector>("erp").Should().ContainSingle();
    }

    [Fact]
    public async Task The_stores_use_the_registered_clock()
    {
        var time = new ManualTimeProvider();
        _services.AddSingleton<TimeProvider>(time);
        Builder("crm").UseInMemoryStore();
        Builder("erp").UseFileStore(_directory.Path).UseAesGcm(StoreDirectory.Key);
        await using var provider = Build();

        foreach (var store in new[] { StoreOf(provider, "crm"), StoreOf(provider, "erp") })
        {
            await store.SetAsync(Key, new SecretWrite("value"u8.ToArray(), SecretCondition.Any));
            time.Advance(TimeSpan.FromHours(3));
            (await store.GetAsync(Key))!.Age.Should().Be(TimeSpan.FromHours(3));
        }
    }

    [Fact]
    public async Task The_end_of_the_services_gives_up_leases()
    {
        Builder("crm").UseFileStore(_directory.Path).UseAesGcm(StoreDirectory.Key);
        var provider = Build();
        (await LeasesOf(provider, "crm").TryTakeAsync(Key, TimeSpan.FromMinutes(1))).Should().NotBeNull();
        var other = _directory.Open();
        (await other.TryTakeAsync(Key, TimeSpan.FromMinutes(1))).Should().BeNull();

        await provider.DisposeAsync();

        (await other.TryTakeAsync(Key, TimeSpan.FromMinutes(1)))!.IsTakeover.Should().BeTrue();
    }

    private static ISecretStore StoreOf(IServiceProvider provider, string name) => provider.GetRequiredKeyedService<ISecretStore>(name);

    private static IRefreshLeaseProvider LeasesOf(IServiceProvider provider, string name) =>
        provider.GetRequiredKeyedService<IRefreshLeaseProvider>(name);

    private StoreBuilder Builder(string name) => new(name, _services);

    private ServiceProvider Build() => _services.BuildServiceProvider(
        new ServiceProviderOptions { ValidateOnBuild = true, ValidateScopes = true });

    private sealed record StoreBuilder(string Name, IServiceCollection Services) : ITokenRefreshBuilder;
}
