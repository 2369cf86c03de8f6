using Microsoft.Extensions.Configuration;
using TokenKit.Storage;

namespace TokenKit.Tests;

public sealed class LockedSecretsTests
{
    private static readonly SecretKey Key = new("Test", "api-key");
    private static readonly byte[] Value = "value"u8.ToArray();

    [Fact]
    public async Task A_secret_from_configuration_can_be_read_and_never_written()
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection([new("Secrets:api-key", "value")]).Build();
        var store = new ConfigurationSecretStore(configuration, TimeProvider.System);

        var entry = (await store.GetAsync(Key))!;
        entry.IsLocked.Should().BeTrue();
        entry.Value.ToArray().Should().Equal(Value);
        (await store.SetAsync(Key, new SecretWrite(Value, SecretCondition.Any))).Should().Be(new SecretWriteResult { Outcome = SecretWriteOutcome.Locked, Version = 1 });
        var remove = async () => await store.RemoveAsync(Key, SecretCondition.Any);
        await remove.Should().ThrowAsync<InvalidOperationException>().WithMessage("*'Secrets:api-key'*");
    }

    [Fact]
    public async Task Configuration_without_the_secret_is_not_writable_either()
    {
        var store = new ConfigurationSecretStore(new ConfigurationBuilder().Build(), TimeProvider.System);

        (await store.GetAsync(Key)).Should().BeNull();
        (await store.SetAsync(Key, new SecretWrite(Value, SecretCondition.Any))).Should().Be(new SecretWriteResult { Outcome = SecretWriteOutcome.Locked, Version = 0 });
        (await store.RemoveAsync(Key, SecretCondition.Any)).Should().BeFalse();
    }

    [Fact]
    public async Task A_token_set_is_not_looked_for_in_configuration()
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection([new("Secrets:api-key", "value")]).Build();
        var store = new ConfigurationSecretStore(configuration, TimeProvider.System);

        (await store.GetAsync(Key with { Kind = SecretKind.TokenSet })).Should().BeNull();
        (await store.RemoveAsync(Key with { Kind = SecretKind.TokenSet }, SecretCondition.Any)).Should().BeFalse();
    }

    [Fact]
    public async Task A_subjects_secret_is_not_looked_for_in_configuration()
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection([new("Secrets:api-key", "value")]).Build();

        (await new ConfigurationSecretStore(configuration, TimeProvider.System).GetAsync(Key with { Subject = "tenant" })).Should().BeNull();
    }
}
