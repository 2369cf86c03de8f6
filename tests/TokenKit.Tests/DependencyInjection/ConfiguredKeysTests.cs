using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace TokenKit.Tests;

/// <summary>A key that seals what is stored, and is not there.</summary>
public sealed class ConfiguredKeysTests : IDisposable
{
    private static readonly string One = Convert.ToBase64String(Enumerable.Repeat((byte)1, 32).ToArray());
    private static readonly string Two = Convert.ToBase64String(Enumerable.Repeat((byte)2, 32).ToArray());

    private readonly string _directory = Directory.CreateTempSubdirectory("tokenkit-keys-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public void A_key_that_was_read_from_a_missing_setting_says_whose_and_what_to_call()
    {
        var configuration = new ConfigurationBuilder().Build();

        var register = () => Add(new ServiceCollection()).UseAesGcm(configuration["TokenKeys:Current"]!);

        register.Should().Throw<ArgumentException>().Which.Message.Should().Be(
            "UseAesGcm of token 'crm' was given no usable keys. Key 1 of the ring is empty. Is the setting missing that it is read from? Make a key with 'openssl rand -base64 32'. For a key in configuration call UseAesGcmFromConfiguration with its name: it says which one is missing. (Parameter 'base64Keys')");
    }

    [Fact]
    public async Task A_key_that_configuration_does_not_have_stops_the_start_by_name() =>
        (await FaultAsync(static builder => builder.UseAesGcmFromConfiguration("TokenKeys:Current"))).Should().Be(
            """Token 'crm' is sealed with the key in configuration 'TokenKeys:Current', and there is none. Make one with 'openssl rand -base64 32' and set it: dotnet user-secrets set "TokenKeys:Current" "KEY" in development, the environment variable TokenKeys__Current elsewhere.""");

    [Fact]
    public async Task A_key_that_is_none_stops_the_start_and_is_not_shown() =>
        (await FaultAsync(static builder => builder.UseAesGcmFromConfiguration("TokenKeys:Current", "TokenKeys:Former"), ("TokenKeys:Current", One), ("TokenKeys:Former", "secret-in-plain")))
            .Should().Be("Token 'crm' is sealed with the keys in configuration 'TokenKeys:Current', 'TokenKeys:Former', and they make no key ring. Key 2 of the ring is not 32 bytes in base64. Make one with 'openssl rand -base64 32'.");

    [Fact]
    public async Task Keys_are_read_when_the_program_starts_one_by_one_and_as_a_list()
    {
        (await FaultAsync(static builder => builder.UseAesGcmFromConfiguration("TokenKeys:Current"), ("TokenKeys:Current", One))).Should().BeEmpty();

        using var program = StartedProgram.Build(
            services => Add(services).UseFileStore(_directory).UseAesGcmFromConfiguration("New", "TokenKeys"),
            Configuration(("New", $"n:{One}"), ("TokenKeys:1", $"b:{Convert.ToBase64String(new byte[32])}"), ("TokenKeys:0", $"a:{Two}")));
        var protector = program.Services.GetRequiredKeyedService<ISecretProtector>("crm");

        var expected = new AesGcmSecretProtector(SecretKeyRing.Parse($"n:{One}", $"a:{Two}", $"b:{Convert.ToBase64String(new byte[32])}"));
        protector.Should().BeOfType<AesGcmSecretProtector>().Which.HasSameKeysAs(expected).Should().BeTrue();
    }

    [Fact]
    public void No_name_of_a_configuration_key_is_refused()
    {
        var none = () => Add(new ServiceCollection()).UseAesGcmFromConfiguration();
        var blank = () => Add(new ServiceCollection()).UseAesGcmFromConfiguration(" ");

        none.Should().Throw<ArgumentException>();
        blank.Should().Throw<ArgumentException>();
    }

    private static ITokenRefreshBuilder Add(IServiceCollection services) =>
        services.AddTokenRefresh("crm", static options => (options.Grant, options.TokenEndpoint, options.Client) =
            ("client_credentials", "https://login.example.com/token", new() { Id = "a", Secret = "b" }));

    private static IConfigurationRoot Configuration(params (string Key, string Value)[] settings) =>
        new ConfigurationBuilder().AddInMemoryCollection(settings.Select(static setting => KeyValuePair.Create(setting.Key, (string?)setting.Value))).Build();

    private Task<string> FaultAsync(Action<ITokenRefreshBuilder> seal, params (string Key, string Value)[] settings) =>
        StartedProgram.FaultOfAsync(services => seal(Add(services).UseFileStore(_directory)), Configuration(settings));
}
