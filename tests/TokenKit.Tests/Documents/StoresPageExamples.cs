using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using TokenKit.Testing;
using MyStore = TokenKit.InMemorySecretStore;

namespace TokenKit.Tests;

/// <summary>The code of docs/stores.md, executed.</summary>
public sealed class StoresPageExamples : IDisposable
{
    private static readonly SecretKey Key = new("Test", "a");

    private readonly string _directory = Directory.CreateTempSubdirectory("tokenkit-stores-page-").FullName;

    [Fact]
    public async Task A_refresh_token_is_kept_in_files_under_a_key_of_the_configuration()
    {
        var services = new ServiceCollection().AddLogging();
        var directory = Path.Combine(_directory, "tokens");
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection([new("TokenKeys:Current", NewKey())])
            .Build();

        services.AddSingleton<IConfiguration>(configuration);

        // begin-snippet: stores-file
        services.AddTokenRefresh("crm", configuration.GetSection("TokenRefresh:crm"))
            .UseFileStore(directory)
            .UseAesGcmFromConfiguration("TokenKeys:Current");
        // end-snippet

        await using var provider = services.BuildServiceProvider();
        await WriteAsync(provider, "kept");

        Directory.EnumerateFiles(directory, "*.secret").Should().ContainSingle();
    }

    [Fact]
    public async Task A_store_of_ones_own_is_used_where_its_registration_says_so()
    {
        var services = new ServiceCollection().AddLogging();
        services.AddSingleton<MyStore>();
        var configuration = new ConfigurationBuilder().AddInMemoryCollection([new("TokenRefresh:crm:Response:AccessToken", "'a'")]).Build();

        // begin-snippet: stores-own
        services.AddTokenRefresh("crm", configuration.GetSection("TokenRefresh:crm"))
            .UseStore(static services => services.GetRequiredService<MyStore>());
        // end-snippet

        await using var provider = services.BuildServiceProvider();
        provider.GetRequiredKeyedService<ISecretStore>("crm").Should().BeSameAs(provider.GetRequiredService<MyStore>());
    }

    [Fact]
    public async Task A_store_of_ones_own_keeps_nothing_in_the_clear_behind_the_one_that_seals()
    {
        var services = new ServiceCollection().AddLogging();
        services.AddSingleton<MyStore>();
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection([new("TokenKeys:Current", NewKey()), new("TokenRefresh:crm:Response:AccessToken", "'a'")])
            .Build();
        services.AddSingleton<IConfiguration>(configuration);

        // begin-snippet: stores-sealed
        services.AddTokenRefresh("crm", configuration.GetSection("TokenRefresh:crm"))
            .UseAesGcmFromConfiguration("TokenKeys:Current")
            .UseStore(static services => SealedSecretStore.Around(
                services.GetRequiredService<MyStore>(), services.GetRequiredKeyedService<ISecretProtector>("crm")));
        // end-snippet

        await using var provider = services.BuildServiceProvider();
        await WriteAsync(provider, "kept");
        var kept = await provider.GetRequiredService<MyStore>().GetAsync(Key);
        Encoding.UTF8.GetString(kept!.Value.Span).Should().NotContain("kept");
        var read = await provider.GetRequiredKeyedService<ISecretStore>("crm").GetAsync(Key);
        Encoding.UTF8.GetString(read!.Value.Span).Should().Be("kept");
    }

    [Fact]
    public async Task What_the_old_key_sealed_is_read_after_the_new_one_came()
    {
        var (newKey, oldKey) = (NewKey(), NewKey());
        await using (var before = Rotating(token => token.UseAesGcm("2025-11:" + oldKey)))
        {
            await WriteAsync(before, "sealed by the old key");
        }

        await using var after = Rotating(token =>
        {
            // begin-snippet: stores-key-rotation
            token.UseAesGcm("2026-11:" + newKey, "2025-11:" + oldKey);
            // end-snippet
        });

        var read = await after.GetRequiredKeyedService<ISecretStore>("crm").GetAsync(Key);
        Encoding.UTF8.GetString(read!.Value.Span).Should().Be("sealed by the old key");
    }

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    private static string NewKey() => Convert.ToBase64String(RandomNumberGenerator.GetBytes(32));

    private ServiceProvider Rotating(Action<ITokenRefreshBuilder> configure)
    {
        var services = new ServiceCollection().AddLogging();
        configure(services.AddTokenRefresh("crm", _ => { }).UseFileStore(Path.Combine(_directory, "rotating")));
        return services.BuildServiceProvider();
    }

    private static async Task WriteAsync(IServiceProvider provider, string value) =>
        await provider.GetRequiredKeyedService<ISecretStore>("crm").SetAsync(Key, new SecretWrite(Encoding.UTF8.GetBytes(value), SecretCondition.Any));
}

// begin-snippet: stores-contract
public sealed class MyStoreTests : SecretStoreContract
{
    public static TheoryData<string> Names => [.. new MyStoreTests().Checks.Select(check => check.Name)];

    [Theory, MemberData(nameof(Names))]
    public Task Keeps_the_contract(string name) => Checks.Single(check => check.Name == name).RunAsync();

    protected override ValueTask<StoreUnderTest> OpenAsync()
    {
        var time = new ManualTimeProvider();
        return new(new StoreUnderTest
        {
            Store = new MyStore(time),
            LoseLease = _ =>
            {
                time.Advance(TimeSpan.FromHours(1));
                return ValueTask.CompletedTask;
            },
        });
    }
}
// end-snippet
