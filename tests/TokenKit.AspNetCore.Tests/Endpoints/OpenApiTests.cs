using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace TokenKit.Tests;

/// <summary>What an API explorer is told of the endpoints.</summary>
public sealed class OpenApiTests
{
    public static TheoryData<string, string, string[]> Operations => new()
    {
        { "/tokens", "get", ["200"] },
        { "/tokens/{name}", "get", ["200", "400", "404"] },
        { "/tokens/{name}/{subject}", "get", ["200", "400", "404"] },
        { "/tokens/{name}/refresh", "post", ["200", "400", "403", "404", "409", "429", "502", "503"] },
        { "/tokens/{name}/{subject}/refresh", "post", ["200", "400", "403", "404", "409", "429", "502", "503"] },
        { "/tokens/{name}/seed", "put", ["204", "400", "403", "404", "409", "503"] },
        { "/tokens/{name}/{subject}/seed", "put", ["204", "400", "403", "404", "409", "503"] },
        { "/tokens/{name}", "delete", ["204", "400", "403", "404", "409", "503"] },
        { "/tokens/{name}/{subject}", "delete", ["204", "400", "403", "404", "409", "503"] },
        { "/tokens/mail/access-token", "get", ["200", "400", "404", "409", "502", "503"] },
    };

    [Theory]
    [MemberData(nameof(Operations))]
    public async Task Each_endpoint_says_what_it_does_and_answers(string path, string method, string[] statuses)
    {
        var operation = (await DocumentAsync()).GetProperty("paths").GetProperty(path).GetProperty(method);

        operation.GetProperty("summary").GetString().Should().NotBeNullOrWhiteSpace();
        operation.GetProperty("responses").EnumerateObject().Select(static response => response.Name).Should().BeEquivalentTo(statuses);
    }

    [Fact]
    public async Task An_explorer_can_fill_in_what_a_seed_holds()
    {
        var document = await DocumentAsync();

        var seed = document.GetProperty("paths").GetProperty("/tokens/{name}/seed").GetProperty("put").GetProperty("requestBody");

        seed.GetProperty("content").GetProperty("application/json").GetProperty("schema").GetRawText().Should().Contain("SeedRequest");
        document.GetProperty("components").GetProperty("schemas").GetProperty("SeedRequest").GetProperty("properties")
            .EnumerateObject().Select(static property => property.Name).Should().BeEquivalentTo("refreshToken", "overwrite");
    }

    [Fact]
    public async Task No_schema_but_that_of_the_enabled_access_token_has_a_place_for_a_token()
    {
        var schemas = (await DocumentAsync()).GetProperty("components").GetProperty("schemas");

        var withToken = schemas.EnumerateObject().Where(static schema => schema.Value.TryGetProperty("properties", out var properties)
            && properties.EnumerateObject().Any(static property => property.Name is "refreshToken" or "refresh_token" or "accessToken" or "access_token"));

        withToken.Select(static schema => schema.Name).Should().BeEquivalentTo("AccessTokenAnswer", "SeedRequest");
    }

    [Fact]
    public async Task The_page_is_no_part_of_the_interface()
    {
        var document = await DocumentAsync();

        document.GetProperty("paths").EnumerateObject().Select(static path => path.Name).Should().NotContain(static path => path.Contains("/ui"));
    }

    private static async Task<JsonElement> DocumentAsync()
    {
        await using var host = await TokenWebHost.StartAsync(
            static (builder, _) =>
            {
                builder.Services.AddOpenApi();
                builder.Services.AddAuthorizationBuilder().AddPolicy("takers", static policy => policy.RequireRole("taker"));
            },
            static app =>
            {
                app.MapTokenRefresh(configure: static options => options.EnableAccessToken("mail", "takers"));
                app.MapTokenDashboard();
                app.MapOpenApi();
            });
        using var answer = await host.Client().GetAsync("/openapi/v1.json");
        return await answer.JsonAsync();
    }
}
