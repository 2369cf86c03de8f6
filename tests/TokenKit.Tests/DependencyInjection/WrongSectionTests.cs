using Microsoft.Extensions.DependencyInjection;

namespace TokenKit.Tests;

/// <summary>A section that is one definition and one that holds several are easily taken for each other.</summary>
public sealed class WrongSectionTests
{
    private const string TwoDefinitions = """
        { "Logging": { "LogLevel": { "Default": "Information" } },
          "TokenRefresh": {
            "crm": { "Grant": "client_credentials", "TokenEndpoint": "https://login.example.com/token", "Client": { "Id": "a", "Secret": "${secret.crm}" } },
            "erp": { "Request": { "Url": "https://erp.example.com/login", "Form": { "key": "${secret.erp}" } } } } }
        """;

    [Fact]
    public async Task A_definition_in_the_place_of_a_section_of_definitions_is_one_fault_that_names_the_call() =>
        (await FaultAsync(TwoDefinitions, (services, configuration) => services.AddTokenRefresh(configuration.GetSection("TokenRefresh:crm"))))
            .Should().Be("""
                'TokenRefresh:crm' is itself a definition: call AddTokenRefresh("crm", section). AddTokenRefresh(section) takes the section above it, whose children are definitions.
                """);

    [Theory]
    [InlineData("""{ "erp": { "Request": { "Steps": [ { "Url": "https://erp.example.com" } ] } } }""")]
    [InlineData("""{ "erp": { "RefreshRequest": { "Url": "https://erp.example.com" } } }""")]
    [InlineData("""{ "erp": { "TokenEndpoint": [ "https://erp.example.com" ] } }""")]
    [InlineData("""{ "erp": { "Authority": "https://erp.example.com" } }""")]
    [InlineData("""{ "erp": { "Client": { "Id": "a" } } }""")]
    [InlineData("""{ "erp": { "Response": { "AccessToken": "jwt.a" } } }""")]
    [InlineData("""{ "erp": { "Grant": "client_credentials" } }""")]
    [InlineData("""{ "erp": { "ClientId": "a", "client_secret": "b" } }""")]
    [InlineData("""{ "erp": { "TokenUrl": "https://erp.example.com" } }""")]
    public async Task Whatever_says_how_a_token_is_obtained_makes_a_definition(string json) =>
        (await FaultAsync(json, (services, configuration) => services.AddTokenRefresh(configuration.GetSection("erp"))))
            .Should().Be("""
                'erp' is itself a definition: call AddTokenRefresh("erp", section). AddTokenRefresh(section) takes the section above it, whose children are definitions.
                """);

    [Fact]
    public async Task Configuration_that_is_itself_a_definition_needs_a_name() =>
        (await FaultAsync("""{ "Grant": "client_credentials" }""", (services, configuration) => services.AddTokenRefresh(configuration)))
            .Should().Be("""
                The configuration is itself a definition: call AddTokenRefresh("NAME", configuration). AddTokenRefresh(section) takes a section whose children are definitions.
                """);

    [Fact]
    public async Task The_whole_configuration_in_the_place_of_a_section_names_the_section() =>
        (await FaultAsync(TwoDefinitions, (services, configuration) => services.AddTokenRefresh(configuration)))
            .Should().Be("""
                The configuration holds its definitions in 'TokenRefresh': call AddTokenRefresh(configuration.GetSection("TokenRefresh")).
                """);

    [Theory]
    [InlineData("client")]
    [InlineData("Request")]
    [InlineData("secret")]
    public async Task A_token_may_be_called_like_a_key(string name) =>
        (await FaultAsync(
            $$"""{ "TokenRefresh": { "{{name}}": { "Grant": "client_credentials", "TokenEndpoint": "https://a.example/t", "Client": { "Id": "a", "Secret": "b" } } } }""",
            (services, configuration) => services.AddTokenRefresh(configuration.GetSection("TokenRefresh"))))
            .Should().BeEmpty();

    [Fact]
    public async Task A_section_of_definitions_in_the_place_of_one_is_one_fault_that_names_the_call() =>
        (await FaultAsync(TwoDefinitions, (services, configuration) => services.AddTokenRefresh("crm", configuration.GetSection("TokenRefresh"))))
            .Should().Be("""
                The definition of the token 'crm' cannot work: 1 fault.
                - 'TokenRefresh': holds definitions (crm, erp) and is none itself; call AddTokenRefresh("crm", configuration.GetSection("TokenRefresh:crm")).
                """);

    [Fact]
    public async Task A_misspelt_name_over_a_section_of_definitions_is_told_the_nearest() =>
        (await FaultAsync(TwoDefinitions, (services, configuration) => services.AddTokenRefresh("epr", configuration.GetSection("TokenRefresh"))))
            .Should().Be("""
                The definition of the token 'epr' cannot work: 1 fault.
                - 'TokenRefresh': holds definitions (crm, erp) and is none itself; call AddTokenRefresh("erp", configuration.GetSection("TokenRefresh:erp")).
                """);

    [Fact]
    public async Task The_whole_configuration_in_the_place_of_one_definition_names_its_section() =>
        (await FaultAsync(TwoDefinitions, (services, configuration) => services.AddTokenRefresh("crm", configuration)))
            .Should().Be("""
                The definition of the token 'crm' cannot work: 1 fault.
                - 'configuration': holds definitions (TokenRefresh:crm, TokenRefresh:erp) and is none itself; call AddTokenRefresh("crm", configuration.GetSection("TokenRefresh:crm")).
                """);

    [Fact]
    public async Task A_missing_section_is_one_fault() =>
        (await FaultAsync("{}", (services, configuration) => services.AddTokenRefresh("crm", configuration.GetSection("TokenRefresh:crm"))))
            .Should().Be("""
                The definition of the token 'crm' cannot work: 1 fault.
                - 'TokenRefresh:crm': is missing or empty; it should hold the keys of a definition. Is the path right?
                """);

    private static Task<string> FaultAsync(string json, Action<IServiceCollection, Microsoft.Extensions.Configuration.IConfiguration> register)
    {
        var configuration = StartedProgram.Configuration(json);
        return StartedProgram.FaultOfAsync(services => register(services, configuration), configuration);
    }
}
