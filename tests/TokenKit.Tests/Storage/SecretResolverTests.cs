using System.Text;
using Microsoft.Extensions.Configuration;
using TokenKit.Storage;

namespace TokenKit.Tests;

public sealed class SecretResolverTests
{
    private readonly InMemorySecretStore _store = new();

    private readonly IConfigurationRoot _configuration = new ConfigurationBuilder()
        .AddInMemoryCollection([new("Secrets:api-key", " from configuration "), new("Secrets:empty", "")]).Build();

    [Fact]
    public async Task The_subjects_own_secret_comes_first()
    {
        await StoreAsync(new SecretKey("Test", "api-key", "tenant"), "tenant's");
        await StoreAsync(new SecretKey("Test", "api-key"), "everybody's");

        (await ResolveAsync("api-key", "tenant")).Should().Be("tenant's");
        (await ResolveAsync("api-key", "other tenant")).Should().Be("everybody's");
        (await ResolveAsync("api-key")).Should().Be("everybody's");
    }

    [Fact]
    public async Task Configuration_comes_last_and_exactly_as_it_stands()
    {
        (await ResolveAsync("api-key")).Should().Be(" from configuration ");
        (await ResolveAsync("api-key", "tenant")).Should().Be(" from configuration ");
        (await ResolveAsync("empty")).Should().BeEmpty();
    }

    [Fact]
    public async Task What_nobody_has_is_null()
    {
        (await ResolveAsync("unknown", "tenant")).Should().BeNull();
    }

    [Fact]
    public async Task Another_environments_secret_is_not_found()
    {
        await StoreAsync(new SecretKey("Staging", "password"), "staging's");

        (await ResolveAsync("password")).Should().BeNull();
    }

    [Fact]
    public async Task A_changed_secret_is_seen_at_once()
    {
        await StoreAsync(new SecretKey("Test", "password"), "old");
        await ResolveAsync("password");
        await StoreAsync(new SecretKey("Test", "password"), "new");

        (await ResolveAsync("password")).Should().Be("new");
    }

    [Fact]
    public async Task Bytes_that_are_no_text_are_damage()
    {
        await _store.SetAsync(new SecretKey("Test", "password"), new SecretWrite(new byte[] { 0x73, 0xFF, 0x73 }, SecretCondition.Any));

        var resolve = () => ResolveAsync("password");

        await resolve.Should().ThrowAsync<SecretDamagedException>().WithMessage("*'Test/password'*UTF-8*");
    }

    [Fact]
    public async Task A_token_set_is_never_taken_for_a_secret_of_its_name()
    {
        var set = TokenSetCodec.Encode(TokenRecord.Of(new TokenSet { RefreshToken = new SecretText("s3cr3t") }, default), default);
        foreach (var (name, subject) in new[] { ("crm", ""), ("crm", "tenant"), ("api-key", ""), ("api-key", "tenant") })
        {
            await _store.SetAsync(new SecretKey("Test", name, subject) { Kind = SecretKind.TokenSet }, new SecretWrite(set, SecretCondition.Any));
        }

        (await ResolveAsync("crm", "tenant")).Should().BeNull();
        (await ResolveAsync("api-key", "tenant")).Should().Be(" from configuration ");
    }

    [Fact]
    public async Task A_store_in_trouble_is_not_passed_over()
    {
        var resolver = new SecretResolver(new StoreInTrouble(), new ConfigurationSecretStore(_configuration, TimeProvider.System), "Test");

        var resolve = async () => await resolver.ResolveAsync("api-key", "", default);

        await resolve.Should().ThrowAsync<IOException>();
    }

    private async Task StoreAsync(SecretKey key, string value) =>
        await _store.SetAsync(key, new SecretWrite(Encoding.UTF8.GetBytes(value), SecretCondition.Any));

    private async Task<string?> ResolveAsync(string name, string subject = "") =>
        await new SecretResolver(_store, new ConfigurationSecretStore(_configuration, TimeProvider.System), "Test")
            .ResolveAsync(name, subject, default);

    private sealed class StoreInTrouble : ISecretStore
    {
        public ValueTask<SecretEntry?> GetAsync(SecretKey key, CancellationToken cancellationToken = default) =>
            throw new IOException("The disk does not answer.");

        public ValueTask<SecretWriteResult> SetAsync(SecretKey key, SecretWrite write, CancellationToken cancellationToken = default) =>
            throw new InvalidOperationException("Intentionally not provided");

        public ValueTask<bool> RemoveAsync(SecretKey key, SecretCondition condition, CancellationToken cancellationToken = default) =>
            throw new InvalidOperationException("Intentionally not provided");
    }
}
