using System.Reflection;
using System.Text.RegularExpressions;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Http;
using Microsoft.Extensions.Logging;
using TokenKit.Testing;

namespace TokenKit.Tests;

/// <summary>A class that moves or gets another name must not slip past the filters of users: categories are constants.</summary>
public sealed partial class LogCategoryTests
{
    /// <summary>What makes loggers of names that are not TokenKit's, each with its reason.</summary>
    private static readonly Dictionary<string, string> OtherCategories = new()
    {
        ["src/TokenKit/Http/LoggedHeaders.cs"] = "Logs in the platform's place, in the platform's categories.",
        ["src/TokenKit.Testing/Recording/RecordedLogs.cs"] = "Makes the loggers that tests ask for.",
        ["src/TokenKit/DependencyInjection/LoggingParts.cs"] = "Passes on the category that it is given.",
        ["src/TokenKit.Redis/DependencyInjection/OpenRedisStores.cs"] = "By the constant; the package has no access to LoggingParts.",
    };

    public static TheoryData<string> Assemblies => ShippedAssemblies.Names;

    public static TheoryData<string> Categories =>
        [.. typeof(TokenKitDiagnostics).GetFields().Where(static constant => constant.Name.EndsWith("LogCategory", StringComparison.Ordinal))
            .Select(static constant => (string)constant.GetRawConstantValue()!)];

    [Theory]
    [MemberData(nameof(Assemblies))]
    public void No_internal_constructor_takes_a_logger_of_a_class(string assembly)
    {
        var takers = ShippedAssemblies.Load(assembly).WrittenTypes()
            .SelectMany(static type => type.GetConstructors(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic))
            .Where(static constructor => !(constructor.IsPublic && constructor.DeclaringType!.IsPublicToUsers()))
            .Where(static constructor => constructor.GetParameters().Any(static parameter =>
                parameter.ParameterType is { IsGenericType: true } type && type.GetGenericTypeDefinition() == typeof(ILogger<>)))
            .Select(static constructor => constructor.DeclaringType!.FullName);

        takers.Should().BeEmpty("its category would be the name of a class that nobody promised; take ILogger and register it in LoggingParts");
    }

    [Fact]
    public void Loggers_are_made_by_the_constants()
    {
        var others = RepositoryFiles.Tracked()
            .Where(static path => path.StartsWith("src/", StringComparison.Ordinal) && path.EndsWith(".cs", StringComparison.Ordinal) && !OtherCategories.ContainsKey(path))
            .SelectMany(static path => MadeLogger().Matches(RepositoryFiles.Read(path)).Select(made => $"{path}: {made.Value}"));

        others.Should().BeEmpty();
    }

    [Theory]
    [InlineData("loggers.CreateLogger(\"TokenKit.Consent\")", true)]
    [InlineData("loggers.CreateLogger<WarmStart>()", true)]
    [InlineData("GetRequiredService<ILogger<WarmStart>>()", true)]
    [InlineData("provider.LoggerOf(\"TokenKit.Consent\")", true)]
    [InlineData("provider.LoggerOf(TokenKitDiagnostics.ConsentLogCategory)", false)]
    public void The_search_for_other_loggers_finds_what_it_should(string text, bool found) => MadeLogger().IsMatch(text).Should().Be(found);

    [Theory]
    [MemberData(nameof(Categories))]
    public void The_page_lists_every_category_and_one_filter_takes_all(string category)
    {
        category.Should().StartWith("TokenKit.");
        RepositoryFiles.Read("docs/telemetry.md").Should().Contain($"| `{category}` |");
    }

    [Fact]
    public async Task What_a_host_logs_is_in_the_categories()
    {
        var logs = new RecordedLogs();
        await using var host = TokenHost.WithClientCredentials(
            options =>
            {
                options.Placement.Query["access_token"] = "${token.access}";
            },
            services =>
            {
                services.AddLogging(logging => logging.AddRecordedLogs(logs));
                services.AddHttpClient("crm", client => client.BaseAddress = new("https://api.example.com"))
                    .ConfigurePrimaryHttpMessageHandler(static () => new StubPrimaryHandler(static _ => new HttpResponseMessage()))
                    .AddTokenRefreshHandler(TokenHost.Name);
            });

        using var response = await host.Services.GetRequiredService<IHttpClientFactory>().CreateClient("crm").GetAsync("orders");

        CategoriesOf("TokenInQuery").Should().Equal(TokenKitDiagnostics.DefinitionsLogCategory);
        CategoriesOf("RefreshSucceeded").Should().Equal(TokenKitDiagnostics.RefreshLogCategory);
        CategoriesOf("TokenPlaced").Should().Equal(TokenKitDiagnostics.HandlerLogCategory);
        CategoriesOf("UnknownPrimaryHandler").Should().Equal(TokenKitDiagnostics.HandlerLogCategory);
        logs.Entries.Where(static entry => entry.EventId.Id is >= 1000 and < 3000).Select(static entry => entry.Category).Distinct()
            .Should().BeSubsetOf([TokenKitDiagnostics.DefinitionsLogCategory, TokenKitDiagnostics.RefreshLogCategory, TokenKitDiagnostics.HandlerLogCategory]);

        IEnumerable<string> CategoriesOf(string name) => logs.Entries.Where(entry => entry.EventId.Name == name).Select(static entry => entry.Category);
    }

    [GeneratedRegex(@"CreateLogger[(<][^;]*|\bILogger<\w+>>\(\)|LoggerOf\((?!TokenKitDiagnostics\.\w+LogCategory\))[^;]*")]
    private static partial Regex MadeLogger();
}
