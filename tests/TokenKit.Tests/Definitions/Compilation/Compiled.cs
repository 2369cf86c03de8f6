using TokenKit.Definitions;
using TokenKit.Definitions.Compilation;
using TokenKit.Language.Expressions;

namespace TokenKit.Tests;

/// <summary>Short ways to compile options in tests and to look at what came of it.</summary>
internal static class Compiled
{
    public static TokenRefreshOptions ClientCredentials() => new()
    {
        Grant = TokenGrants.ClientCredentials,
        TokenEndpoint = "https://login.example.com/oauth/token",
        Client = { Id = "my-app", Secret = "${secret.crm-client-secret}" },
    };

    public static TokenRefreshOptions RefreshToken() => new()
    {
        Grant = TokenGrants.RefreshToken,
        TokenEndpoint = "https://login.example.com/oauth/token",
        Client = { Id = "my-app", Secret = "${secret.crm-client-secret}" },
    };

    public static TokenRefreshOptions SpeltOut(Action<TokenRequestOptions>? configure = null)
    {
        var options = new TokenRefreshOptions { Request = { Url = "https://login.example.com/sign-in" } };
        configure?.Invoke(options.Request);
        return options;
    }

    public static TokenDefinition Definition(TokenRefreshOptions options)
    {
        var compilation = DefinitionCompiler.Compile("crm", options);
        compilation.Faults.Should().BeEmpty();
        return compilation.Definition!;
    }

    public static string[] Faults(TokenRefreshOptions options) =>
        [.. DefinitionCompiler.Compile("crm", options).Faults.Select(fault => fault.ToString())];

    /// <summary>The fields as <c>name=template</c>.</summary>
    public static string[] Fields(IEnumerable<FieldDefinition> fields) =>
        [.. fields.Select(field => $"{field.Name}={string.Join(" | ", field.Alternatives.Select(template => template.Source))}")];

    public static string[] Form(ExchangeDefinition exchange) =>
        Fields(exchange.Body.Should().BeOfType<BodyDefinition.Form>().Which.Fields);

    public static string? Json(ExchangeDefinition exchange, IEvaluationScope scope) =>
        exchange.Body.Should().BeOfType<BodyDefinition.Json>().Which.Document.Render(scope).Text;
}
